// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Animation/AnimInstance.h"
#include "Animation/AnimNodeBase.h"

struct FAnimNode_CopyPoseFromMesh : public FAnimNode_Base {
  uint8 bUseAttachedParent : 1 = 0;
  void Initialize_AnyThread(const FAnimationInitializeContext& Context) { static_cast<void>(Context); }
  void Update_AnyThread(const FAnimationUpdateContext& Context) { static_cast<void>(Context); }
  void Evaluate_AnyThread(FPoseContext& Output) { Output.ShimBonesFromBody = bUseAttachedParent ? 1 : 0; }
  void PreUpdate(const UAnimInstance* InAnimInstance) { static_cast<void>(InAnimInstance); }
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Animation/AnimNodeBase.h"

class UAnimInstance;
struct FGraphTraversalCounter {
  void Increment() { ++ShimCount; }
  int ShimCount = 0;
};
struct FAnimInstanceProxy {
  explicit FAnimInstanceProxy(UAnimInstance* Instance) : ShimInstance(Instance) {}
  virtual ~FAnimInstanceProxy() = default;
  void ShimUpdate(UAnimInstance* Instance) { Initialize(Instance); PreUpdate(Instance, 0.016f); FAnimationUpdateContext Context; UpdateAnimationNode(Context); }
  bool ShimEvaluate(FPoseContext& Output) { return Evaluate(Output); }
 protected:
  FGraphTraversalCounter UpdateCounter;
  virtual void Initialize(UAnimInstance* InAnimInstance) { static_cast<void>(InAnimInstance); }
  virtual void PreUpdate(UAnimInstance* InAnimInstance, float DeltaSeconds) { static_cast<void>(InAnimInstance); static_cast<void>(DeltaSeconds); }
  virtual void UpdateAnimationNode(const FAnimationUpdateContext& InContext) { static_cast<void>(InContext); }
  virtual bool Evaluate(FPoseContext& Output) { static_cast<void>(Output); return false; }
 private:
  UAnimInstance* ShimInstance;
};

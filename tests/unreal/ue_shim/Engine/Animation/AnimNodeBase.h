// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include "UObject/NameTypes.h"

struct FAnimInstanceProxy;
struct FBlendedCurve {
  void Set(FName InName, float InValue) { ShimValues[InName] = InValue; }
  std::map<FName, float> ShimValues;
};
struct FAnimationInitializeContext { explicit FAnimationInitializeContext(FAnimInstanceProxy* InProxy) : ShimProxy(InProxy) {} FAnimInstanceProxy* ShimProxy; };
struct FAnimationUpdateContext { FAnimInstanceProxy* ShimProxy = nullptr; };
struct FPoseContext { FBlendedCurve Curve; int32 ShimBonesFromBody = 0; };
struct FAnimNode_Base {
  virtual ~FAnimNode_Base() = default;
};

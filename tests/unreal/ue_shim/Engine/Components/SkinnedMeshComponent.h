// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Components/ActorComponent.h"
#include "UObject/WeakObjectPtr.h"

enum class EVisibilityBasedAnimTickOption : uint8 { AlwaysTickPoseAndRefreshBones, AlwaysTickPose, OnlyTickMontagesWhenNotRendered, OnlyTickPoseWhenRendered };
class USkinnedMeshComponent : public UActorComponent {
  SHIM_OBJECT(USkinnedMeshComponent, UActorComponent)
  EVisibilityBasedAnimTickOption VisibilityBasedAnimTickOption = EVisibilityBasedAnimTickOption::AlwaysTickPose;
  TWeakObjectPtr<USkinnedMeshComponent> LeaderPoseComponent;
};

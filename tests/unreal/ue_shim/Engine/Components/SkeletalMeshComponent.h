// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Components/SkinnedMeshComponent.h"

class UAnimInstance;
class USkeletalMesh;
class USkeletalMeshComponent : public USkinnedMeshComponent {
  SHIM_OBJECT(USkeletalMeshComponent, USkinnedMeshComponent)
  UAnimInstance* GetAnimInstance() const { return ShimInstance; }
  UClass* GetAnimClass() const { return ShimClass; }
  void SetAnimInstanceClass(UClass* NewClass);
  USkeletalMesh* GetSkeletalMeshAsset() const { return ShimMesh; }
  void SetUpdateAnimationInEditor(const bool NewUpdateState) { ShimUpdatesInEditor = NewUpdateState; }
  UAnimInstance* ShimInstance = nullptr;
  UClass* ShimClass = nullptr;
  USkeletalMesh* ShimMesh = nullptr;
  bool ShimUpdatesInEditor = false;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/Object.h"

class USkeleton;
class USkeletalMesh : public UObject {
  SHIM_OBJECT(USkeletalMesh, UObject)
  USkeleton* GetSkeleton() const { return ShimSkeleton; }
  USkeleton* ShimSkeleton = nullptr;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/Array.h"
#include "UObject/Object.h"

class USkeleton : public UObject {
  SHIM_OBJECT(USkeleton, UObject)
  void GetCurveMetaDataNames(TArray<FName>& OutNames) const { OutNames.Append(ShimCurves); }
  TArray<FName> ShimCurves;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreTypes.h"

struct FGuid {
  uint32 A = 0, B = 0, C = 0, D = 0;
  bool operator==(const FGuid& Other) const { return A == Other.A && B == Other.B && C == Other.C && D == Other.D; }
};

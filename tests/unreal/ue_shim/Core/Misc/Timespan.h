// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreTypes.h"

namespace ETimespan { inline constexpr int64 TicksPerMicrosecond = 10; }
struct FTimespan {
  static FTimespan FromMilliseconds(double Milliseconds) { return FTimespan{static_cast<int64>(Milliseconds * 10000.0)}; }
  int64 GetTicks() const { return Ticks; }
  int64 Ticks = 0;
};

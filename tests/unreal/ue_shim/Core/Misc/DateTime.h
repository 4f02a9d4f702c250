// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include "Misc/Timespan.h"

struct FDateTime {
  FDateTime(int32 Year, int32 Month, int32 Day) : Ticks(0) { check(Year == 1970 && Month == 1 && Day == 1); }
  static FDateTime UtcNow() {
    FDateTime Result(1970, 1, 1);
    Result.Ticks = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count() / 100;
    return Result;
  }
  FTimespan operator-(const FDateTime& Other) const { return FTimespan{Ticks - Other.Ticks}; }
 private:
  int64 Ticks;
};

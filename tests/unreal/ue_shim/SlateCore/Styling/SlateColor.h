// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Math/Color.h"

class FSlateColor {
 public:
  FSlateColor(const FLinearColor& InColor) : ShimColor(InColor), ShimForeground(false) {}
  static FSlateColor UseForeground() { FSlateColor Color{FLinearColor(0.0f, 0.0f, 0.0f)}; Color.ShimForeground = true; return Color; }
  FLinearColor ShimColor;
  bool ShimForeground;
};

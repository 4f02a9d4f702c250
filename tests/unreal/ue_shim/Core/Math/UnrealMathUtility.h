// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

struct FMath {
  template <typename T> static constexpr T Max(const T A, const T B) { return A < B ? B : A; }
  template <typename T> static constexpr T Min(const T A, const T B) { return B < A ? B : A; }
  template <typename T> static constexpr T Clamp(const T X, const T MinValue, const T MaxValue) { return X < MinValue ? MinValue : (MaxValue < X ? MaxValue : X); }
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The engine counts seconds in doubles, the core microseconds in integers.
namespace cstalk {

// Nearest microsecond; 0 for what is not finite or beyond 30,000 years.
inline std::int64_t MicrosecondsOf(double seconds) noexcept {
  const double scaled = seconds * 1e6;
  if (!(scaled > -1e18 && scaled < 1e18)) return 0;
  return static_cast<std::int64_t>(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
}

inline double SecondsOf(std::int64_t microseconds) noexcept { return static_cast<double>(microseconds) * 1e-6; }

}  // namespace cstalk

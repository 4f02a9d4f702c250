// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

// Random numbers that are the same everywhere: SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15ull;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  // 0..limit - 1
  std::uint32_t Below(std::uint32_t limit) { return static_cast<std::uint32_t>((Next() >> 32) * limit >> 32); }

  // 0 < x <= 1
  double Unit() { return (static_cast<double>(Next() >> 11) + 1.0) * 0x1p-53; }

  double Exponential(double mean) { return -mean * std::log(Unit()); }

  double Normal() { return std::sqrt(-2.0 * std::log(Unit())) * std::cos(6.283185307179586 * Unit()); }

 private:
  std::uint64_t state_;
};

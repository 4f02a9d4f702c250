// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

// Numbers in a packet, by shifts: the same on every machine and at every alignment.
namespace cstalk {

inline std::uint32_t ReadBig32(const std::uint8_t* at) noexcept {
  return (std::uint32_t{at[0]} << 24) | (std::uint32_t{at[1]} << 16) | (std::uint32_t{at[2]} << 8) | std::uint32_t{at[3]};
}

inline std::uint64_t ReadBig64(const std::uint8_t* at) noexcept {
  return (std::uint64_t{ReadBig32(at)} << 32) | ReadBig32(at + 4);
}

inline void WriteBig32(std::uint8_t* at, std::uint32_t value) noexcept {
  at[0] = static_cast<std::uint8_t>(value >> 24);
  at[1] = static_cast<std::uint8_t>(value >> 16);
  at[2] = static_cast<std::uint8_t>(value >> 8);
  at[3] = static_cast<std::uint8_t>(value);
}

inline void WriteBig64(std::uint8_t* at, std::uint64_t value) noexcept {
  WriteBig32(at, static_cast<std::uint32_t>(value >> 32));
  WriteBig32(at + 4, static_cast<std::uint32_t>(value));
}

inline std::int32_t SignedOf(std::uint32_t bits) noexcept {
  std::int32_t value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline std::int64_t SignedOf(std::uint64_t bits) noexcept {
  std::int64_t value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline float FloatOf(std::uint32_t bits) noexcept {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline std::uint32_t BitsOf(float value) noexcept {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// By its bits, because compilers told to assume finite numbers (-ffast-math, /fp:fast) fold std::isfinite away.
inline bool IsFiniteBits(std::uint32_t bits) noexcept { return (bits & 0x7F800000u) != 0x7F800000u; }

}  // namespace cstalk

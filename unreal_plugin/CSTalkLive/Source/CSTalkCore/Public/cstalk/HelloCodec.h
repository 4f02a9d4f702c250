// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"

// /cstalk/hello: once a second, who sends what.
namespace cstalk {

// What a hello says. It owns its texts, zero-ended UTF-8.
struct Hello {
  std::uint32_t session = 0;
  std::uint32_t schemaHash = 0;
  std::int32_t valueCount = 0;       // 1..65535
  std::int32_t rateNumerator = 0;    // >= 1
  std::int32_t rateDenominator = 0;  // >= 1
  std::int32_t lookahead = 0;        // frames, >= 0
  std::int64_t sendUs = 0;           // sender's clock
  char layout[kMaxVersionBytes + 1] = {};
  char subject[kMaxSubjectBytes + 1] = {};
  char version[kMaxVersionBytes + 1] = {};
};

// Read a datagram. `hello` is complete on Ok and undefined otherwise.
CSTALK_API PacketResult DecodeHello(const std::uint8_t* data, std::size_t size, Hello& hello) noexcept;

// Write a datagram; returns its bytes, 0 when `capacity` is too small.
CSTALK_API std::size_t EncodeHello(const Hello& hello, std::uint8_t* out, std::size_t capacity) noexcept;

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"
#include "cstalk/Schema.h"

// /cstalk/frame: one pose, one message, one datagram.
namespace cstalk {

// What a frame says. Values are as sent: finite, not yet limited to their ranges.
struct FramePacket {
  std::uint32_t session = 0;
  std::uint32_t sequence = 0;
  const Schema* schema = nullptr;  // the built-in layout whose hash and size the packet has
  std::uint32_t flags = 0;         // FrameFlags
  std::int64_t index = 0;          // frames since the stream started, >= 0
  std::int64_t captureUs = 0;      // sender's clock: when the middle of the frame's sound was at the microphone
  std::int64_t sendUs = 0;         // same clock: when the packet was made
  std::int32_t lookahead = 0;      // frames, >= 0
  float values[kPropertyCount] = {};  // schema->size of them
};

// Read a datagram. `frame` is complete on Ok and undefined otherwise. Allocates nothing.
CSTALK_API PacketResult DecodeFrame(const std::uint8_t* data, std::size_t size, FramePacket& frame) noexcept;

// Write a datagram (self-test, replays); returns its bytes, 0 when `capacity` is too small or there is no schema.
CSTALK_API std::size_t EncodeFrame(const FramePacket& frame, std::uint8_t* out, std::size_t capacity) noexcept;

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"

// The daemon's other two formats. They do not drive the face; they are recognised, so that a sender started with the
// wrong option is told which one it is.
namespace cstalk {

// What a Live Link Face packet of version 6 says. Texts point into the packet.
struct LiveLinkFacePacket {
  std::string_view deviceId;
  std::string_view subject;
  std::int32_t frame = 0;
  float subframe = 0.0f;  // 0 <= x < 1
  std::int32_t rateNumerator = 0;
  std::int32_t rateDenominator = 0;
  float values[61] = {};  // ARKit order
};

CSTALK_API PacketResult DecodeLiveLinkFace(const std::uint8_t* data, std::size_t size, LiveLinkFacePacket& packet) noexcept;

// One message `/<prefix>/<name> ,f <value>` of a per-control bundle.
CSTALK_API PacketResult DecodeControl(const std::uint8_t* data, std::size_t size, std::string_view& address,
                                      float& value) noexcept;

// Check a whole bundle of such messages; `count` is how many it holds.
CSTALK_API PacketResult DecodeControlsBundle(const std::uint8_t* data, std::size_t size, std::uint32_t& count) noexcept;

}  // namespace cstalk

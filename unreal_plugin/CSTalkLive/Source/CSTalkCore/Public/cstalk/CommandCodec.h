// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"

// /cstalk/command: from the plugin to the sender of the frames. A sender takes an unsigned one from its own machine
// only; one signed with the shared key from anywhere.
namespace cstalk {

enum class CommandVerb : std::uint8_t {
  Emotion,    // the mix becomes this emotion with `value` 0..1 and the rest neutral
  Intensity,  // of the emotion, `value` 0..2
  Mute,       // `value` 1: the face rests; 0: it speaks again
  Neutral,    // all emotions off
};

struct Command {
  std::uint32_t session = 0;  // of the frames it is about
  std::int64_t stampUs = 0;   // UTC since 1970; a receiver refuses what is not later than the last one
  CommandVerb verb = CommandVerb::Neutral;
  char name[kMaxEmotionBytes + 1] = {};  // with Emotion: 1..64 bytes; else empty
  float value = 0.0f;
  float fadeSeconds = 0.0f;  // 0..60
};

// Whether verb, name, value and fade belong together and lie in their ranges.
CSTALK_API bool IsSound(const Command& command) noexcept;

// Write a datagram, signed unless `key` is empty; returns its bytes, 0 when the command is not sound or `capacity` is
// too small.
CSTALK_API std::size_t EncodeCommand(const Command& command, std::string_view key, std::uint8_t* out,
                                     std::size_t capacity) noexcept;

// Read a datagram. With a `key` the signature must be right, without one it must be absent: NotAllowed otherwise.
CSTALK_API PacketResult DecodeCommand(const std::uint8_t* data, std::size_t size, std::string_view key,
                                      Command& command) noexcept;

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"

// /cstalk/emotion: what the face is told to feel, at every change and once a second.
namespace cstalk {

inline constexpr std::uint32_t kMaxEmotions = 16;

struct Emotion {
  std::uint32_t session = 0;
  float intensity = 0.0f;  // 0..2
  bool muted = false;
  std::uint32_t count = 0;
  char names[kMaxEmotions][kMaxEmotionBytes + 1] = {};
  float weights[kMaxEmotions] = {};  // 0..1
};

// Whether both say the same, whoever said it.
CSTALK_API bool SameEmotion(const Emotion& left, const Emotion& right) noexcept;

// Read a datagram. `emotion` is complete on Ok and undefined otherwise.
CSTALK_API PacketResult DecodeEmotion(const std::uint8_t* data, std::size_t size, Emotion& emotion) noexcept;

// Write a datagram; returns its bytes, 0 when `capacity` is too small.
CSTALK_API std::size_t EncodeEmotion(const Emotion& emotion, std::uint8_t* out, std::size_t capacity) noexcept;

}  // namespace cstalk

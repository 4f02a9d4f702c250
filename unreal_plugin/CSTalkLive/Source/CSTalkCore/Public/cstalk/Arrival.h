// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/EmotionCodec.h"
#include "cstalk/HelloCodec.h"
#include "cstalk/Protocol.h"
#include "cstalk/Sender.h"
#include "cstalk/SpscQueue.h"

// What the receiver thread hands to the game thread.
namespace cstalk {

// A frame that was taken: in range, stamped, always as 260 properties.
struct ArrivedFrame {
  std::int64_t stampUs = 0;    // local clock, even: when it would have come over an empty network
  std::int64_t arrivalUs = 0;  // local clock
  std::int64_t captureUs = 0;  // sender's clock
  std::int64_t sendUs = 0;     // sender's clock
  std::int64_t index = 0;      // sender's frame number
  std::uint32_t session = 0;
  std::uint32_t sequence = 0;
  std::uint32_t epoch = 0;  // another value: forget all frames before; stamps are unrelated to theirs
  std::uint32_t flags = 0;  // FrameFlags
  Sender from;              // whom to answer
  float values[kPropertyCount] = {};
};

// One second at 60 frames a second: a game thread that stalls longer loses frames (they are counted), nothing else.
using FrameQueue = SpscQueue<ArrivedFrame, 64>;
using HelloQueue = SpscQueue<Hello, 4>;
using EmotionQueue = SpscQueue<Emotion, 8>;

}  // namespace cstalk

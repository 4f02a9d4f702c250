// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"

// /cstalk/heartbeat: once a second, back to the sender, what became of its frames.
namespace cstalk {

enum HeartbeatFlags : std::uint32_t {
  kBeatPublished = 1,  // a Live Link subject carries the frames
  kBeatFaceBound = 2,  // at least one face shows them
};

// What a heartbeat says. It owns its texts, zero-ended UTF-8 of at least one byte. Numbers are finite and >= 0.
struct Heartbeat {
  std::uint32_t session = 0;  // of the frames that are answered
  std::uint32_t flags = 0;    // HeartbeatFlags; other bits are ignored
  std::int32_t faces = 0;     // bound
  float receivedPerSecond = 0.0f;
  float appliedPerSecond = 0.0f;  // different frames that reached at least one face
  float engineFps = 0.0f;
  float poseDelayMs = 0.0f;    // from the sound to the face, as far as it is known
  float latenessP99Ms = 0.0f;  // arrival after the even stamp
  std::uint32_t missing = 0;   // frames lost on the way since the port was opened
  std::int64_t echoedSendUs = 0;  // send time of the newest frame, sender's clock
  std::int64_t heldUs = 0;        // between that frame's arrival and this message: now - echoed - held = round trip
  char subject[kMaxSubjectBytes + 1] = {};
  char engine[kMaxVersionBytes + 1] = {};
  char plugin[kMaxVersionBytes + 1] = {};
};

// Read a datagram. `beat` is complete on Ok and undefined otherwise.
CSTALK_API PacketResult DecodeHeartbeat(const std::uint8_t* data, std::size_t size, Heartbeat& beat) noexcept;

// Write a datagram; returns its bytes, 0 when `capacity` is too small.
CSTALK_API std::size_t EncodeHeartbeat(const Heartbeat& beat, std::uint8_t* out, std::size_t capacity) noexcept;

}  // namespace cstalk

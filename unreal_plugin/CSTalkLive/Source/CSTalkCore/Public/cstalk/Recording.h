// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/Receiver.h"
#include "cstalk/Sender.h"

// Arrivals on file (.cstalkrec), to play a bad network back on another machine.
//
// Little-endian. Head, 16 bytes: "CSTALKR" and a zero, u32 version 1, u32 zero. Then per datagram, 32 bytes: u32 its
// size, u16 port, u16 zero, i64 arrival in microseconds, 16 bytes address; and the datagram itself.
namespace cstalk {

inline constexpr std::size_t kRecordingHead = 16;
inline constexpr std::size_t kArrivalHead = 32;
inline constexpr std::size_t kMaxRecordedBytes = 65507;  // the largest UDP payload

struct RecordedArrival {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  Sender sender;
  std::int64_t localUs = 0;
};

// Bytes written, 0 when `capacity` is too small.
CSTALK_API std::size_t WriteRecordingHead(std::uint8_t* out, std::size_t capacity) noexcept;
CSTALK_API std::size_t WriteArrival(const RecordedArrival& arrival, std::uint8_t* out, std::size_t capacity) noexcept;

// Reads a recording in memory. A file that ends in the middle of a datagram (a crash while recording) is good up to
// there.
class RecordingReader {
 public:
  CSTALK_API RecordingReader(const std::uint8_t* data, std::size_t size) noexcept;

  // Whether the head is that of a recording of a known version.
  bool Valid() const noexcept { return valid_; }

  // The next datagram, which points into the file; false at the end.
  CSTALK_API bool Next(RecordedArrival& arrival) noexcept;

  // After Next said false: whether bytes were left that are no whole datagram.
  bool Damaged() const noexcept { return valid_ && at_ != size_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
  bool valid_ = false;
};

// Gives a recording to a receiver as if it came now.
class Replay {
 public:
  // The recording's first datagram is due at `startUs` of the receiver's clock.
  Replay(const RecordingReader& reader, std::int64_t startUs) noexcept : reader_(reader), startUs_(startUs) {}

  // Hand over everything that is due at `localUs`, each with the time at which it is due; false when all is played.
  CSTALK_API bool Pump(std::int64_t localUs, Receiver& receiver) noexcept;

 private:
  RecordingReader reader_;
  std::int64_t startUs_;
  std::int64_t firstUs_ = 0;
  bool started_ = false;
  bool waiting_ = false;
  RecordedArrival next_;
};

}  // namespace cstalk

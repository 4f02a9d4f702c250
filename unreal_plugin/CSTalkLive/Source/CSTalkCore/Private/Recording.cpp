// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Recording.h"

#include <cstring>

namespace cstalk {

namespace {

constexpr std::uint8_t kRecordingMagic[8] = {'C', 'S', 'T', 'A', 'L', 'K', 'R', 0};
constexpr std::uint32_t kRecordingVersion = 1;

void PutLittle(std::uint8_t* at, std::uint64_t value, std::uint32_t bytes) noexcept {
  for (std::uint32_t k = 0; k < bytes; ++k) at[k] = static_cast<std::uint8_t>(value >> (8 * k));
}

std::uint64_t GetLittle(const std::uint8_t* at, std::uint32_t bytes) noexcept {
  std::uint64_t value = 0;
  for (std::uint32_t k = 0; k < bytes; ++k) value |= std::uint64_t{at[k]} << (8 * k);
  return value;
}

}  // namespace

std::size_t WriteRecordingHead(std::uint8_t* out, std::size_t capacity) noexcept {
  if (capacity < kRecordingHead) return 0;
  std::memcpy(out, kRecordingMagic, sizeof kRecordingMagic);
  PutLittle(out + 8, kRecordingVersion, 4);
  PutLittle(out + 12, 0, 4);
  return kRecordingHead;
}

std::size_t WriteArrival(const RecordedArrival& arrival, std::uint8_t* out, std::size_t capacity) noexcept {
  if (arrival.size > kMaxRecordedBytes || capacity < kArrivalHead + arrival.size) return 0;
  PutLittle(out, arrival.size, 4);
  PutLittle(out + 4, arrival.sender.port, 2);
  PutLittle(out + 6, 0, 2);
  PutLittle(out + 8, static_cast<std::uint64_t>(arrival.localUs), 8);
  std::memcpy(out + 16, arrival.sender.address, sizeof arrival.sender.address);
  if (arrival.size > 0) std::memcpy(out + kArrivalHead, arrival.data, arrival.size);
  return kArrivalHead + arrival.size;
}

RecordingReader::RecordingReader(const std::uint8_t* data, std::size_t size) noexcept : data_(data), size_(size) {
  valid_ = size >= kRecordingHead && std::memcmp(data, kRecordingMagic, sizeof kRecordingMagic) == 0 &&
           GetLittle(data + 8, 4) == kRecordingVersion;
  if (valid_) at_ = kRecordingHead;
}

bool RecordingReader::Next(RecordedArrival& arrival) noexcept {
  if (!valid_ || size_ - at_ < kArrivalHead) return false;
  const std::uint8_t* head = data_ + at_;
  const std::uint64_t size = GetLittle(head, 4);
  if (size > kMaxRecordedBytes || size_ - at_ - kArrivalHead < size) return false;
  const std::uint64_t time = GetLittle(head + 8, 8);
  arrival.data = head + kArrivalHead;
  arrival.size = static_cast<std::size_t>(size);
  arrival.sender.port = static_cast<std::uint16_t>(GetLittle(head + 4, 2));
  std::memcpy(arrival.sender.address, head + 16, sizeof arrival.sender.address);
  std::memcpy(&arrival.localUs, &time, sizeof time);
  // A damaged time must not overflow when it is compared with others.
  if (arrival.localUs > kMaxTimeUs || arrival.localUs < -kMaxTimeUs) return false;
  at_ += kArrivalHead + arrival.size;
  return true;
}

bool Replay::Pump(std::int64_t localUs, Receiver& receiver) noexcept {
  for (;;) {
    if (!waiting_ && !reader_.Next(next_)) return false;
    waiting_ = true;
    if (!started_) firstUs_ = next_.localUs;
    started_ = true;
    const std::int64_t dueUs = startUs_ + (next_.localUs - firstUs_);
    if (dueUs > localUs) return true;
    receiver.Receive(next_.data, next_.size, next_.sender, dueUs);
    waiting_ = false;
  }
}

}  // namespace cstalk

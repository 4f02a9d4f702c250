// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/JitterBuffer.h"

namespace cstalk {

void JitterBuffer::Clear() noexcept {
  size_ = 0;
  ++generation_;
  for (std::uint32_t k = 0; k < kCapacity; ++k) order_[k] = static_cast<std::uint8_t>(k);
}

bool JitterBuffer::Insert(const ArrivedFrame& frame) noexcept {
  if (size_ > 0 && frame.epoch != epoch_) Clear();
  if (size_ == 0 || frame.arrivalUs > lastArrivalUs_) lastArrivalUs_ = frame.arrivalUs;
  epoch_ = frame.epoch;
  const std::int32_t before = LastAtOrBefore(frame.stampUs);
  if (before >= 0 && At(static_cast<std::uint32_t>(before)).stampUs == frame.stampUs) return false;
  std::uint32_t place = static_cast<std::uint32_t>(before + 1);
  std::uint8_t slot;
  if (size_ == kCapacity) {
    if (place == 0) return false;
    slot = order_[0];
    --place;
    for (std::uint32_t k = 0; k < place; ++k) order_[k] = order_[k + 1];
  } else {
    slot = order_[size_];
    for (std::uint32_t k = size_; k > place; --k) order_[k] = order_[k - 1];
    ++size_;
  }
  order_[place] = slot;
  frames_[slot] = frame;
  return true;
}

std::int32_t JitterBuffer::LastAtOrBefore(std::int64_t timeUs) const noexcept {
  // From the end: what is asked for lies among the newest few.
  for (std::uint32_t k = size_; k > 0; --k) {
    if (At(k - 1).stampUs <= timeUs) return static_cast<std::int32_t>(k - 1);
  }
  return -1;
}

}  // namespace cstalk

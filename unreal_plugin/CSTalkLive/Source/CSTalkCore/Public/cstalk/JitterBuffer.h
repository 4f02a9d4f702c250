// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/Arrival.h"
#include "cstalk/Export.h"

// The last second of frames in the order of their stamps; one thread.
namespace cstalk {

class JitterBuffer {
 public:
  static constexpr std::uint32_t kCapacity = 64;

  JitterBuffer() noexcept { Clear(); }

  // Put a frame in its place; the oldest goes when all places are taken. A frame of another epoch clears the buffer
  // first. False when it is older than everything in a full buffer, or its stamp is there already.
  CSTALK_API bool Insert(const ArrivedFrame& frame) noexcept;

  CSTALK_API void Clear() noexcept;

  std::uint32_t Size() const noexcept { return size_; }

  // Frame `k`, oldest first; k < Size().
  const ArrivedFrame& At(std::uint32_t k) const noexcept { return frames_[order_[k]]; }

  // Place of the newest frame stamped at or before `timeUs`; -1 when there is none.
  CSTALK_API std::int32_t LastAtOrBefore(std::int64_t timeUs) const noexcept;

  // Local time at which a frame last came; meaningless while empty.
  std::int64_t LastArrivalUs() const noexcept { return lastArrivalUs_; }

  // Another number after every time the past was forgotten.
  std::uint32_t Generation() const noexcept { return generation_; }

 private:
  ArrivedFrame frames_[kCapacity];
  std::uint8_t order_[kCapacity];  // places in use, oldest first, then the free ones
  std::uint32_t size_ = 0;
  std::int64_t lastArrivalUs_ = 0;
  std::uint32_t epoch_ = 0;
  std::uint32_t generation_ = 0;
};

}  // namespace cstalk

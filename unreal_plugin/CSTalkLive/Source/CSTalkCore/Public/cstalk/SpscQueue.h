// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

// The hand-over between the receiver thread and the game thread: a ring for one writer and one reader, without locks
// (Lamport, 1977). Neither ever waits for the other; a full ring refuses.
namespace cstalk {

template <typename Item, std::uint32_t Capacity>
class SpscQueue {
  static_assert(Capacity >= 2 && (Capacity & (Capacity - 1)) == 0, "a power of two");

 public:
  SpscQueue() = default;
  SpscQueue(const SpscQueue&) = delete;
  SpscQueue& operator=(const SpscQueue&) = delete;

  // Writer: copy an item in; false when the reader is a whole ring behind.
  bool Push(const Item& item) noexcept {
    const std::uint32_t end = end_.load(std::memory_order_relaxed);
    if (end - begin_.load(std::memory_order_acquire) == Capacity) return false;
    items_[end & (Capacity - 1)] = item;
    end_.store(end + 1, std::memory_order_release);
    return true;
  }

  // Reader: the oldest item, in place until Pop; null when there is none.
  const Item* Front() const noexcept {
    const std::uint32_t begin = begin_.load(std::memory_order_relaxed);
    if (begin == end_.load(std::memory_order_acquire)) return nullptr;
    return &items_[begin & (Capacity - 1)];
  }

  // Reader: give the place of Front() back.
  void Pop() noexcept { begin_.store(begin_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

 private:
  static_assert(sizeof(Item) * Capacity >= 128, "the items keep the counters on cache lines of their own");

  // Apart, so that the two threads do not fight over one cache line.
  std::atomic<std::uint32_t> begin_{0};
  Item items_[Capacity];
  std::atomic<std::uint32_t> end_{0};
};

}  // namespace cstalk

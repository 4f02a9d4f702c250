// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Stats.h"

#include <cmath>

namespace cstalk {

std::uint32_t DelayHistogram::BinOf(std::int64_t durationUs) noexcept {
  if (durationUs < 64) return 0;
  std::uint32_t octave = 0;
  std::int64_t scaled = durationUs;
  while (scaled >= 128) {
    scaled >>= 1;
    ++octave;
  }
  // 64..127 in eight equal parts.
  const std::uint32_t bin = 1 + 8 * octave + static_cast<std::uint32_t>((scaled - 64) / 8);
  return bin < kBins ? bin : kBins - 1;
}

std::int64_t DelayHistogram::EdgeOf(std::uint32_t bin) noexcept {
  if (bin == 0) return 64;
  const std::uint32_t octave = (bin - 1) / 8;
  return (std::int64_t{64} + 8 * (static_cast<std::int64_t>((bin - 1) % 8) + 1)) << octave;
}

void DelayHistogram::Add(std::int64_t durationUs, std::int64_t localUs) noexcept {
  std::uint32_t turn = turn_.load(std::memory_order_relaxed);
  if (!started_) {
    started_ = true;
    turnedUs_ = localUs;
  } else if (localUs - turnedUs_ >= kTurnUs || localUs < turnedUs_) {
    turn ^= 1u;
    for (std::atomic<std::uint32_t>& bin : bins_[turn]) bin.store(0, std::memory_order_relaxed);
    turn_.store(turn, std::memory_order_relaxed);
    turnedUs_ = localUs;
  }
  bins_[turn][BinOf(durationUs)].fetch_add(1, std::memory_order_relaxed);
}

std::int64_t DelayHistogram::PercentileUs(double share) const noexcept {
  std::uint64_t total = 0;
  std::uint32_t counts[kBins];
  for (std::uint32_t k = 0; k < kBins; ++k) {
    counts[k] = bins_[0][k].load(std::memory_order_relaxed) + bins_[1][k].load(std::memory_order_relaxed);
    total += counts[k];
  }
  if (total == 0) return 0;
  const double rank = std::ceil((share < 0.0 ? 0.0 : (share > 1.0 ? 1.0 : share)) * static_cast<double>(total));
  std::uint64_t passed = 0;
  for (std::uint32_t k = 0; k < kBins; ++k) {
    passed += counts[k];
    if (passed > 0 && static_cast<double>(passed) >= rank) return EdgeOf(k);
  }
  return EdgeOf(kBins - 1);
}

void NoticeBoard::Note(PacketResult result, const Sender& sender) noexcept {
  if (!IsMistake(result)) return;
  const std::uint32_t bit = std::uint32_t{1} << static_cast<std::uint32_t>(result);
  if ((seen_.load(std::memory_order_relaxed) & bit) != 0) return;
  senders_[static_cast<std::size_t>(result)] = sender;
  seen_.fetch_or(bit, std::memory_order_release);
}

bool NoticeBoard::Take(PacketResult& result, Sender& sender) noexcept {
  const std::uint32_t waiting = seen_.load(std::memory_order_acquire) & ~told_;
  if (waiting == 0) return false;
  std::uint32_t place = 0;
  while ((waiting >> place & 1u) == 0) ++place;
  told_ |= std::uint32_t{1} << place;
  result = static_cast<PacketResult>(place);
  sender = senders_[place];
  return true;
}

}  // namespace cstalk

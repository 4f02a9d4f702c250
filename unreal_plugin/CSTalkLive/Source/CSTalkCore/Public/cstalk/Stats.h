// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"
#include "cstalk/Sender.h"

// Counts in fixed memory, written by the receiver thread, read by any.
namespace cstalk {

// Percentiles of a duration over the last 10 to 20 seconds, from bins of 1/8 octave (9 %) between 64 us and 4 s.
class DelayHistogram {
 public:
  // Receiver thread. Negative durations count as 0.
  CSTALK_API void Add(std::int64_t durationUs, std::int64_t localUs) noexcept;

  // Upper edge, in microseconds, of the bin in which the `share` (0..1) smallest durations end; 0 without any.
  CSTALK_API std::int64_t PercentileUs(double share) const noexcept;

 private:
  static constexpr std::uint32_t kBins = 130;
  static constexpr std::int64_t kTurnUs = 10000000;

  static std::uint32_t BinOf(std::int64_t durationUs) noexcept;
  static std::int64_t EdgeOf(std::uint32_t bin) noexcept;

  std::atomic<std::uint32_t> bins_[2][kBins] = {};
  std::atomic<std::uint32_t> turn_{0};
  std::int64_t turnedUs_ = 0;
  bool started_ = false;
};

// All counts of a receiver.
struct ReceiverStats {
  std::atomic<std::uint64_t> results[static_cast<std::size_t>(PacketResult::Count)] = {};  // packets by result
  std::atomic<std::uint64_t> packets{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> frames{0};     // taken
  std::atomic<std::uint64_t> hellos{0};     // taken
  std::atomic<std::uint64_t> emotions{0};   // taken
  std::atomic<std::uint64_t> chunks{0};     // schema chunks taken
  std::atomic<std::uint64_t> missing{0};    // frames skipped by the sequence, and not come since
  std::atomic<std::uint64_t> overtaken{0};  // frames that came after a later one and were still taken
  std::atomic<std::uint64_t> sessions{0};   // times a session began
  std::atomic<std::uint64_t> jumps{0};      // times the sender's clock jumped within a session
  std::atomic<std::uint64_t> clamped{0};    // frames with a value beyond its range
  std::atomic<std::uint64_t> stalled{0};    // frames the game thread was too far behind to take
  std::atomic<std::uint64_t> foreignNames{0};  // names in schema chunks that are not those built in
  std::atomic<std::int64_t> lastPacketUs{0};   // local clock; 0: none yet
  std::atomic<std::int64_t> lastFrameUs{0};
  std::atomic<std::int64_t> driftPpb{0};  // how much faster the sender's clock runs, parts per 10^9
  DelayHistogram lateness;                // arrival after the stamp: what the playout delay has to cover
  DelayHistogram senderDelay;             // from the sound to the sending, by the sender's clock
};

// Each mistake of a sender once, with who made it.
class NoticeBoard {
 public:
  // Receiver thread.
  CSTALK_API void Note(PacketResult result, const Sender& sender) noexcept;

  // One other thread: the next mistake nobody was told of; false when there is none.
  CSTALK_API bool Take(PacketResult& result, Sender& sender) noexcept;

 private:
  std::atomic<std::uint32_t> seen_{0};
  std::uint32_t told_ = 0;
  Sender senders_[static_cast<std::size_t>(PacketResult::Count)];
};

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/Export.h"

// Sender time to local time.
//
// The delay of a packet is a constant (the sender's own, the two clocks' difference, the shortest way) plus something
// that is never negative. So the lower edge of the observed differences, over a window of 8 s, is the map: a line
// beneath all of them whose slope is the drift of the two clocks (Moon, Skelly and Towsley, INFOCOM 1999, find the same
// line by linear programming). A frame's local time is when it would have come over an empty network, so frames that
// leave evenly are stamped evenly, however they arrive.
namespace cstalk {

struct ClockMapConfig {
  std::int64_t maxDriftPpm = 500;       // quartz clocks stay below 100
  std::int64_t jumpUs = 150000;         // a map that much too late is wrong: begin anew. Bounds how far stamps can lead
  std::int64_t slowerUs = 20000;        // when nothing in half a second came this close to the map, the way got longer
  std::int64_t fineUs = 5000;           // errors below this are corrected at 1 %, above at 10 % of the time that passes
};

class ClockMap {
 public:
  struct Stamp {
    std::int64_t localUs;  // when the frame would have come over an empty network
    bool jumped;           // the map began anew: stamps before and after are unrelated
  };

  explicit ClockMap(const ClockMapConfig& config = ClockMapConfig()) noexcept : config_(config) {}

  void Reset() noexcept { started_ = false; }

  // Take in a packet that left (or whose sound was) at `senderUs` and came at `localUs`; both within +-2^60.
  // `newest`: no later frame of this session came before. Stamps of newest frames increase strictly until a jump.
  CSTALK_API Stamp Add(std::int64_t senderUs, std::int64_t localUs, bool newest) noexcept;

  // How much faster the sender's clock runs than ours, in parts per million; 0 until four seconds are known.
  double DriftPpm() const noexcept { return -slope_ * 1e6; }

 private:
  static constexpr std::int64_t kBucketUs = 500000;
  static constexpr std::uint32_t kBuckets = 16;
  static constexpr std::int64_t kSlopeAfterUs = 4000000;

  // The smallest difference within half a second, and when it was seen.
  struct Low {
    std::int64_t atUs;
    std::int64_t differenceUs;
    std::int64_t bucket;
  };

  void Begin(std::int64_t senderUs, std::int64_t localUs) noexcept;
  void Note(std::int64_t atUs, std::int64_t differenceUs) noexcept;
  bool WayGotLonger(std::int64_t bucket) const noexcept;
  double Estimate(std::int64_t atUs) noexcept;
  double LineSlope() const noexcept;

  ClockMapConfig config_;
  bool started_ = false;
  std::int64_t senderBaseUs_ = 0;
  std::int64_t localBaseUs_ = 0;
  std::int64_t lastSenderUs_ = 0;
  std::int64_t lastLocalUs_ = 0;
  std::int64_t lastStampUs_ = 0;
  double offsetUs_ = 0.0;  // applied now, relative to the two bases
  double slope_ = 0.0;
  Low lows_[kBuckets] = {};  // oldest first
  std::uint32_t lowCount_ = 0;
};

}  // namespace cstalk

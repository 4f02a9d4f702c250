// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/ClockMap.h"

namespace cstalk {

namespace {

double LimitSlope(double slope, double limit) noexcept {
  return slope < -limit ? -limit : (slope > limit ? limit : slope);
}

}  // namespace

void ClockMap::Begin(std::int64_t senderUs, std::int64_t localUs) noexcept {
  started_ = true;
  senderBaseUs_ = senderUs;
  localBaseUs_ = localUs;
  lastSenderUs_ = senderUs;
  lastLocalUs_ = localUs;
  lastStampUs_ = localUs;
  offsetUs_ = 0.0;
  slope_ = 0.0;
  lowCount_ = 0;
  Note(0, 0);
}

ClockMap::Stamp ClockMap::Add(std::int64_t senderUs, std::int64_t localUs, bool newest) noexcept {
  if (!started_) {
    Begin(senderUs, localUs);
    return {localUs, true};
  }
  const std::int64_t at = localUs - localBaseUs_;
  const std::int64_t difference = at - (senderUs - senderBaseUs_);
  const double excess = static_cast<double>(difference) - offsetUs_;
  const bool senderWentBack = newest && senderUs + config_.jumpUs < lastSenderUs_;
  if (excess < -static_cast<double>(config_.jumpUs) || senderWentBack || localUs + config_.jumpUs < lastLocalUs_) {
    Begin(senderUs, localUs);
    return {localUs, true};
  }
  Note(at, difference);
  const double target = Estimate(at);
  const double error = target - offsetUs_;
  if (error > static_cast<double>(config_.slowerUs)) {
    offsetUs_ = target;  // later is always safe: stamps only move forward
  } else if (newest && senderUs > lastSenderUs_ && localUs > lastLocalUs_) {
    const std::int64_t passed =
        senderUs - lastSenderUs_ < localUs - lastLocalUs_ ? senderUs - lastSenderUs_ : localUs - lastLocalUs_;
    const double size = error < 0.0 ? -error : error;
    const double most = static_cast<double>(passed) * (size > static_cast<double>(config_.fineUs) ? 0.1 : 0.01);
    offsetUs_ += size <= most ? error : (error < 0.0 ? -most : most);
  }
  std::int64_t stamp = localBaseUs_ + (senderUs - senderBaseUs_) + static_cast<std::int64_t>(offsetUs_);
  if (newest) {
    if (stamp <= lastStampUs_) stamp = lastStampUs_ + 1;
    lastStampUs_ = stamp;
    lastSenderUs_ = senderUs;
  }
  if (localUs > lastLocalUs_) lastLocalUs_ = localUs;
  return {stamp, false};
}

void ClockMap::Note(std::int64_t atUs, std::int64_t differenceUs) noexcept {
  const std::int64_t bucket = (atUs < 0 ? 0 : atUs) / kBucketUs;
  if (lowCount_ > 0 && lows_[lowCount_ - 1].bucket == bucket) {
    Low& low = lows_[lowCount_ - 1];
    if (differenceUs < low.differenceUs) low = {atUs, differenceUs, bucket};
    return;
  }
  if (lowCount_ > 0 && WayGotLonger(bucket)) {
    lows_[0] = lows_[lowCount_ - 1];
    lowCount_ = 1;
  }
  // What lies before the window goes; so does the oldest when all places are taken.
  std::uint32_t gone = 0;
  while (gone < lowCount_ && lows_[gone].bucket + static_cast<std::int64_t>(kBuckets) <= bucket) ++gone;
  if (lowCount_ - gone == kBuckets) ++gone;
  for (std::uint32_t k = gone; k < lowCount_; ++k) lows_[k - gone] = lows_[k];
  lowCount_ -= gone;
  lows_[lowCount_++] = {atUs, differenceUs, bucket};
}

bool ClockMap::WayGotLonger(std::int64_t bucket) const noexcept {
  // Only a whole half second right before this one tells: a pause says nothing about the way.
  const Low& last = lows_[lowCount_ - 1];
  if (lowCount_ < 2 || last.bucket + 1 != bucket || lows_[lowCount_ - 2].bucket + 1 != last.bucket) return false;
  return static_cast<double>(last.differenceUs) - offsetUs_ > static_cast<double>(config_.slowerUs);
}

double ClockMap::Estimate(std::int64_t atUs) noexcept {
  slope_ = lows_[lowCount_ - 1].atUs - lows_[0].atUs >= kSlopeAfterUs ? LineSlope() : 0.0;
  double lowest = 0.0;
  for (std::uint32_t k = 0; k < lowCount_; ++k) {
    const double value =
        static_cast<double>(lows_[k].differenceUs) + slope_ * static_cast<double>(atUs - lows_[k].atUs);
    if (k == 0 || value < lowest) lowest = value;
  }
  return lowest;
}

double ClockMap::LineSlope() const noexcept {
  // Of all lines beneath the points, the one with the least sum of distances runs along the edge of their lower hull
  // that spans their mean time.
  double mean = 0.0;
  for (std::uint32_t k = 0; k < lowCount_; ++k) mean += static_cast<double>(lows_[k].atUs);
  mean /= static_cast<double>(lowCount_);
  std::uint32_t hull[kBuckets];
  std::uint32_t size = 0;
  for (std::uint32_t k = 0; k < lowCount_; ++k) {
    while (size >= 2) {
      const Low& a = lows_[hull[size - 2]];
      const Low& b = lows_[hull[size - 1]];
      const Low& c = lows_[k];
      const double turn = static_cast<double>(b.atUs - a.atUs) * static_cast<double>(c.differenceUs - a.differenceUs) -
                          static_cast<double>(c.atUs - a.atUs) * static_cast<double>(b.differenceUs - a.differenceUs);
      if (turn > 0.0) break;
      --size;
    }
    hull[size++] = k;
  }
  for (std::uint32_t k = 0; k + 1 < size; ++k) {
    const Low& a = lows_[hull[k]];
    const Low& b = lows_[hull[k + 1]];
    if (static_cast<double>(b.atUs) >= mean) {
      const double slope = static_cast<double>(b.differenceUs - a.differenceUs) / static_cast<double>(b.atUs - a.atUs);
      return LimitSlope(slope, static_cast<double>(config_.maxDriftPpm) * 1e-6);
    }
  }
  return 0.0;
}

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Sampler.h"

#include <cstring>

#include "cstalk/Schema.h"

namespace cstalk {

namespace {

constexpr std::int64_t kClockSetBackUs = 1000000;

float PartOf(std::int64_t passed, std::int64_t whole) noexcept {
  if (passed <= 0) return 0.0f;
  if (passed >= whole) return 1.0f;
  return static_cast<float>(static_cast<double>(passed) / static_cast<double>(whole));
}

// Between a and b, never beyond either: from the nearer end, so that the rounding of b - a cannot carry it past the other.
float Mix(float a, float b, float part) noexcept { return part < 0.5f ? a + (b - a) * part : b - (b - a) * (1.0f - part); }

float SmoothStep(float x) noexcept {
  const float y = x * x * (3.0f - 2.0f * x);
  return y < 1.0f ? y : 1.0f;  // rounding
}

}  // namespace

Sampler::Sampler(const SamplerConfig& config) noexcept : config_(config) {
  for (std::uint32_t k = 0; k < kPropertyCount; ++k) {
    want_[k] = shown_[k] = fadeFrom_[k] = RawSchema().ranges[k].neutral;
  }
}

SampleInfo Sampler::Sample(const JitterBuffer& buffer, std::int64_t localUs, float* out) noexcept {
  const std::int64_t wanted = localUs - config_.delayUs;
  const bool newTime = !started_ || generation_ != buffer.Generation() || wanted < targetUs_ - kClockSetBackUs;
  if (newTime || wanted > targetUs_) targetUs_ = wanted;
  const SampleState before = state_;
  const std::int64_t heldFor = heldForUs_;
  SampleInfo info = Want(buffer, targetUs_, localUs);
  const bool alive = info.state == SampleState::Live || info.state == SampleState::Held;
  const bool wasAlive = before == SampleState::Live || before == SampleState::Held;
  const bool back = info.state == SampleState::Live && before == SampleState::Held && heldFor > config_.fadeAfterHoldUs;
  if (alive && (newTime || !wasAlive || back)) StartFade(localUs);
  started_ = true;
  generation_ = buffer.Generation();
  state_ = info.state;
  if (info.state == SampleState::Held) ++heldSamples_;
  if (fading_) {
    Fade(localUs);
  } else {
    std::memcpy(shown_, want_, sizeof shown_);
  }
  std::memcpy(out, shown_, sizeof shown_);
  return info;
}

SampleInfo Sampler::Want(const JitterBuffer& buffer, std::int64_t targetUs, std::int64_t localUs) noexcept {
  SampleInfo info;
  info.poseUs = targetUs;
  heldForUs_ = 0;
  if (buffer.Size() == 0) {
    for (std::uint32_t k = 0; k < kPropertyCount; ++k) want_[k] = RawSchema().ranges[k].neutral;
    return info;
  }
  const std::int32_t found = buffer.LastAtOrBefore(targetUs);
  const std::uint32_t place = found < 0 ? 0 : static_cast<std::uint32_t>(found);
  const ArrivedFrame& from = buffer.At(place);
  info.index = from.index;
  info.flags = from.flags;
  info.live = 1.0f;
  info.state = SampleState::Live;
  if (found < 0) {
    std::memcpy(want_, from.values, sizeof want_);
    return info;
  }
  if (place + 1 < buffer.Size()) {
    const ArrivedFrame& to = buffer.At(place + 1);
    // Across a pause there is nothing to interpolate: the face rested, and fades to what comes.
    if (to.stampUs - from.stampUs > config_.holdUs) {
      std::memcpy(want_, to.values, sizeof want_);
    } else {
      Between(from, to, targetUs);
    }
    return info;
  }
  // Silence counts, not lateness: while frames come, however late, the newest one is the best there is.
  const std::int64_t behind = targetUs - from.stampUs;
  const std::int64_t silent = localUs - config_.delayUs - buffer.LastArrivalUs();
  const std::int64_t age = behind < silent ? behind : silent;
  const float weight = 1.0f - SmoothStep(PartOf(age - config_.holdUs, config_.easeUs));
  heldForUs_ = behind;
  info.live = weight;
  if (age <= config_.holdUs) {
    info.poseUs = from.stampUs;
    if (behind > 0) info.state = SampleState::Held;
    std::memcpy(want_, from.values, sizeof want_);
    return info;
  }
  info.poseUs = from.stampUs;
  info.state = weight > 0.0f ? SampleState::Easing : SampleState::Neutral;
  TowardsNeutral(from, weight);
  return info;
}

void Sampler::Between(const ArrivedFrame& from, const ArrivedFrame& to, std::int64_t timeUs) noexcept {
  const float part = PartOf(timeUs - from.stampUs, to.stampUs - from.stampUs);
  const ControlRange* ranges = RawSchema().ranges;
  for (std::uint32_t k = 0; k < kPropertyCount; ++k) {
    want_[k] = ranges[k].step ? from.values[k] : Mix(from.values[k], to.values[k], part);
  }
}

void Sampler::TowardsNeutral(const ArrivedFrame& from, float weight) noexcept {
  const ControlRange* ranges = RawSchema().ranges;
  for (std::uint32_t k = 0; k < kPropertyCount; ++k) {
    const float neutral = ranges[k].neutral;
    // A switch stays until the end, or the head would leap away from the pose that is still fading.
    want_[k] = ranges[k].step ? (weight > 0.0f ? from.values[k] : neutral) : Mix(neutral, from.values[k], weight);
  }
}

void Sampler::StartFade(std::int64_t localUs) noexcept {
  std::memcpy(fadeFrom_, shown_, sizeof fadeFrom_);
  fadeFromUs_ = localUs;
  fading_ = true;
}

void Sampler::Fade(std::int64_t localUs) noexcept {
  const float weight = SmoothStep(PartOf(localUs - fadeFromUs_, config_.fadeUs));
  const ControlRange* ranges = RawSchema().ranges;
  for (std::uint32_t k = 0; k < kPropertyCount; ++k) {
    shown_[k] = ranges[k].step ? want_[k] : Mix(fadeFrom_[k], want_[k], weight);
  }
  if (weight >= 1.0f) fading_ = false;
}

}  // namespace cstalk

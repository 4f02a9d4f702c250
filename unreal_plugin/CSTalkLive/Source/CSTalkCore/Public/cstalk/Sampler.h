// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/JitterBuffer.h"
#include "cstalk/Protocol.h"

// The pose at any time: interpolated between frames, held over short gaps, eased to neutral over long ones, faded in
// when the stream comes back. One sampler per face; several may read one buffer, on its thread.
namespace cstalk {

struct SamplerConfig {
  std::int64_t delayUs = 30000;          // how far behind the newest frame the face is: the jitter it can take
  std::int64_t holdUs = 200000;          // nothing came for so long: the last pose stays
  std::int64_t easeUs = 300000;          // then so long to neutral
  std::int64_t fadeUs = 70000;           // from what is shown to the stream, when it comes back or another begins
  std::int64_t fadeAfterHoldUs = 50000;  // a hold longer than this ends with a fade instead of a leap
};

enum class SampleState : std::uint8_t {
  Empty,    // no frame yet: neutral
  Live,     // between two frames
  Held,     // the newest frame, because the next one is late
  Easing,   // on the way to neutral
  Neutral,  // no frames for long: neutral
};

struct SampleInfo {
  SampleState state = SampleState::Empty;
  std::int64_t poseUs = 0;     // stamp of the pose shown; never decreases within one generation of the buffer
  std::int64_t index = 0;      // sender's number of the frame at or before it
  std::uint32_t flags = 0;     // that frame's
  float live = 0.0f;           // 1: the stream; 0: neutral
};

class Sampler {
 public:
  CSTALK_API explicit Sampler(const SamplerConfig& config = SamplerConfig()) noexcept;

  // A larger delay makes the face wait until it fits; it never moves backwards.
  void SetDelay(std::int64_t delayUs) noexcept { config_.delayUs = delayUs < 0 ? 0 : delayUs; }
  const SamplerConfig& Config() const noexcept { return config_; }

  // Write the 260 properties to be shown at `localUs` (the clock of the arrivals) to `out`. Every value is finite and
  // in its range. Switches and versions are never interpolated. `localUs` should not decrease.
  CSTALK_API SampleInfo Sample(const JitterBuffer& buffer, std::int64_t localUs, float* out) noexcept;

  // Renders that had to show the newest frame for want of the next one, while the stream was alive.
  std::uint64_t HeldSamples() const noexcept { return heldSamples_; }

 private:
  SampleInfo Want(const JitterBuffer& buffer, std::int64_t targetUs, std::int64_t localUs) noexcept;
  void Between(const ArrivedFrame& from, const ArrivedFrame& to, std::int64_t timeUs) noexcept;
  void TowardsNeutral(const ArrivedFrame& from, float weight) noexcept;
  void StartFade(std::int64_t localUs) noexcept;
  void Fade(std::int64_t localUs) noexcept;

  SamplerConfig config_;
  bool started_ = false;
  bool fading_ = false;
  std::uint32_t generation_ = 0;
  std::int64_t targetUs_ = 0;
  std::int64_t fadeFromUs_ = 0;
  std::int64_t heldForUs_ = 0;
  SampleState state_ = SampleState::Empty;
  std::uint64_t heldSamples_ = 0;
  float want_[kPropertyCount];
  float shown_[kPropertyCount];
  float fadeFrom_[kPropertyCount];
};

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"
#include "cstalk/FaceStream.h"
#include "cstalk/HeartbeatCodec.h"
#include "cstalk/Stats.h"

// Counts what reaches the faces, and says once a second what a heartbeat says. Game thread.
namespace cstalk {

class FaceReport {
 public:
  // Once per engine frame. True once a second while frames come: then send what Fill gives.
  CSTALK_API bool Tick(std::int64_t localUs, const FaceStream& stream) noexcept;

  // A face shows the sender's frame `index` of `session` now.
  CSTALK_API void NoteApplied(std::uint32_t session, std::int64_t index) noexcept;

  void FaceBound() noexcept { ++faces_; }
  CSTALK_API void FaceReleased() noexcept;
  std::int32_t Faces() const noexcept { return faces_; }

  // From the sound to the face, of the face that was asked last; 0 when none is bound.
  void SetPoseDelay(std::int64_t delayUs) noexcept { poseDelayUs_ = delayUs; }
  void SetPublished(bool published) noexcept { published_ = published; }

  float EngineFps() const noexcept { return engineFps_; }
  float AppliedPerSecond() const noexcept { return appliedPerSecond_; }

  // Texts that do not fit are cut between characters; an empty one becomes "?".
  CSTALK_API void Fill(std::int64_t localUs, const FaceStream& stream, const ReceiverStats& stats,
                       std::string_view subject, std::string_view engine, std::string_view plugin,
                       Heartbeat& beat) const noexcept;

 private:
  bool started_ = false;
  std::int64_t secondBeganUs_ = 0;
  std::uint32_t ticks_ = 0;
  std::uint32_t applied_ = 0;
  float engineFps_ = 0.0f;
  float appliedPerSecond_ = 0.0f;
  std::int32_t faces_ = 0;
  std::int64_t poseDelayUs_ = 0;
  bool published_ = false;
  bool anyApplied_ = false;
  std::uint32_t lastSession_ = 0;
  std::int64_t lastIndex_ = 0;
};

}  // namespace cstalk

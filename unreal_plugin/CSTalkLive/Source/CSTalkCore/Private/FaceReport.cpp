// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/FaceReport.h"

#include <cstring>

#include "cstalk/OscReader.h"

namespace cstalk {

namespace {

constexpr std::int64_t kBeatUs = 1000000;

template <std::size_t Size>
void PutText(std::string_view text, char (&out)[Size]) noexcept {
  std::size_t length = text.size() < Size ? text.size() : Size - 1;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  while (length > 0 && !IsUtf8(bytes, length)) --length;
  if (length == 0) {
    text = "?";
    length = 1;
  }
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

float PerSecond(std::uint32_t count, std::int64_t durationUs) noexcept {
  return static_cast<float>(static_cast<double>(count) * 1e6 / static_cast<double>(durationUs));
}

}  // namespace

bool FaceReport::Tick(std::int64_t localUs, const FaceStream& stream) noexcept {
  if (!started_) {
    started_ = true;
    secondBeganUs_ = localUs;
    return false;
  }
  ++ticks_;
  const std::int64_t passed = localUs - secondBeganUs_;
  if (passed < kBeatUs) return false;
  engineFps_ = PerSecond(ticks_, passed);
  appliedPerSecond_ = PerSecond(applied_, passed);
  ticks_ = 0;
  applied_ = 0;
  secondBeganUs_ = localUs;
  return stream.Status().connected;
}

void FaceReport::NoteApplied(std::uint32_t session, std::int64_t index) noexcept {
  if (anyApplied_ && session == lastSession_ && index == lastIndex_) return;
  anyApplied_ = true;
  lastSession_ = session;
  lastIndex_ = index;
  ++applied_;
}

void FaceReport::FaceReleased() noexcept {
  if (faces_ > 0) --faces_;
  if (faces_ == 0) poseDelayUs_ = 0;
}

void FaceReport::Fill(std::int64_t localUs, const FaceStream& stream, const ReceiverStats& stats,
                      std::string_view subject, std::string_view engine, std::string_view plugin,
                      Heartbeat& beat) const noexcept {
  const StreamStatus status = stream.Status();
  beat.session = stream.Session();
  beat.flags = (published_ ? std::uint32_t{kBeatPublished} : 0) | (faces_ > 0 ? std::uint32_t{kBeatFaceBound} : 0);
  beat.faces = faces_;
  beat.receivedPerSecond = static_cast<float>(status.framesLastSecond);
  beat.appliedPerSecond = faces_ > 0 ? appliedPerSecond_ : 0.0f;
  beat.engineFps = engineFps_;
  beat.poseDelayMs = static_cast<float>(static_cast<double>(poseDelayUs_ > 0 ? poseDelayUs_ : 0) / 1000.0);
  beat.latenessP99Ms = static_cast<float>(static_cast<double>(status.latenessP99Us) / 1000.0);
  beat.missing = static_cast<std::uint32_t>(stats.missing.load(std::memory_order_relaxed));
  beat.echoedSendUs = stream.LastSendUs();
  beat.heldUs = localUs > stream.LastArrivalUs() ? localUs - stream.LastArrivalUs() : 0;
  PutText(subject, beat.subject);
  PutText(engine, beat.engine);
  PutText(plugin, beat.plugin);
}

}  // namespace cstalk

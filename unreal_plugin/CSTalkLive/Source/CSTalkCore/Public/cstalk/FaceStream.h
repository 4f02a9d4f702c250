// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/JitterBuffer.h"
#include "cstalk/Receiver.h"
#include "cstalk/Sampler.h"

// The game thread's side of a receiver: takes the frames over, says what happened, holds the buffer for the samplers.
namespace cstalk {

// Bits of what happened between two calls of Pump.
enum StreamEvents : std::uint32_t {
  kEventConnected = 1,       // the first frame after none for a second
  kEventDisconnected = 2,    // no frame for a second
  kEventSpeechStarted = 4,
  kEventSpeechStopped = 8,
  kEventSourceLost = 16,     // the daemon has no microphone: the face rests
  kEventSourceBack = 32,
  kEventSenderChanged = 64,  // another session
  kEventHello = 128,         // subject, version or layout changed
  kEventEmotion = 256,       // emotion, intensity or mute changed
};

struct StreamStatus {
  bool connected = false;
  bool speech = false;
  bool sourceLost = false;
  std::uint32_t framesLastSecond = 0;
  std::int64_t silentUs = 0;         // since the last frame; 0 before the first
  std::int64_t latenessP50Us = 0;    // arrival after the stamp
  std::int64_t latenessP99Us = 0;
  std::int64_t senderDelayP50Us = 0;  // from the sound to the sending
  std::int64_t suggestedDelayUs = 0;  // playout delay that would cover 99 of 100 frames at 60 frames a second
};

class FaceStream {
 public:
  static constexpr std::int64_t kSilentUs = 1000000;

  explicit FaceStream(Receiver& receiver) noexcept : receiver_(receiver) {}
  FaceStream(const FaceStream&) = delete;
  FaceStream& operator=(const FaceStream&) = delete;

  // Once per game frame, before sampling: take over what came. `localUs` is on the clock of the arrivals.
  // Returns StreamEvents.
  CSTALK_API std::uint32_t Pump(std::int64_t localUs) noexcept;

  const JitterBuffer& Buffer() const noexcept { return buffer_; }

  // What the sender last said of itself; texts are empty before the first hello.
  const Hello& LastHello() const noexcept { return hello_; }

  // What the face was last told to feel; empty before the first message.
  const Emotion& LastEmotion() const noexcept { return emotion_; }

  // Where a frame last came from, and when; meaningless before the first one.
  bool AnyFrame() const noexcept { return anyFrame_; }
  std::uint32_t Session() const noexcept { return session_; }
  const Sender& From() const noexcept { return from_; }
  std::int64_t LastSendUs() const noexcept { return lastSendUs_; }
  std::int64_t LastArrivalUs() const noexcept { return lastFrameUs_; }

  CSTALK_API StreamStatus Status() const noexcept;

  // From the sound to the face, as far as it can be known: the sender's median delay and the sampler's. The voice must
  // be delayed by as much to be in step.
  std::int64_t EffectiveDelayUs(const SamplerConfig& sampler) const noexcept {
    return receiver_.Stats().senderDelay.PercentileUs(0.50) + sampler.delayUs;
  }

  // One line for a status bar or log, zero-ended: state, frames a second, delays, loss, and the worst mistake. Returns
  // its length without the zero; it is cut at `capacity` - 1.
  CSTALK_API std::size_t FormatStatus(std::int64_t playoutDelayUs, char* out, std::size_t capacity) const noexcept;

 private:
  std::uint32_t TakeFlags(std::uint32_t flags) noexcept;

  Receiver& receiver_;
  JitterBuffer buffer_;
  Hello hello_;
  Emotion emotion_;
  bool anyFrame_ = false;
  bool connected_ = false;
  bool speech_ = false;
  bool sourceLost_ = false;
  std::uint32_t session_ = 0;
  Sender from_;
  std::int64_t lastSendUs_ = 0;
  std::int64_t nowUs_ = 0;
  std::int64_t lastFrameUs_ = 0;
  std::int64_t secondBeganUs_ = 0;
  std::uint32_t framesThisSecond_ = 0;
  std::uint32_t framesLastSecond_ = 0;
};

}  // namespace cstalk

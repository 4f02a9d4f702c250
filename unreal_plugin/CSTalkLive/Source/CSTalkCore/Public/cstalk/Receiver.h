// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cstalk/Arrival.h"
#include "cstalk/ClockMap.h"
#include "cstalk/Export.h"
#include "cstalk/FrameCodec.h"
#include "cstalk/Protocol.h"
#include "cstalk/SchemaCodec.h"
#include "cstalk/Sender.h"
#include "cstalk/Session.h"
#include "cstalk/Stats.h"

// The receiver thread's whole work: bytes and a time in, checked and evenly stamped frames out.
//
// The engine layer owns the socket and the thread. For every datagram it calls Receive with the time of arrival; when
// the outcome carries a frame, that frame is also in the queue for the game thread (FaceStream), and its stamp and
// values are what a Live Link source pushes. The object is large (150 KB): allocate it once.
namespace cstalk {

enum class PacketKind : std::uint8_t { Refused, Frame, Hello, Schema, Emotion };

struct ReceiveOutcome {
  PacketKind kind = PacketKind::Refused;
  PacketResult result = PacketResult::Ok;
  // With kind Frame: valid until the next call. `newest` is false for one that a later frame overtook: a Live Link
  // source must not push it.
  const ArrivedFrame* frame = nullptr;
  bool newest = false;
  bool newEpoch = false;  // the first frame of a session or after a jump of the sender's clock
};

class Receiver {
 public:
  Receiver() noexcept = default;
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // Before the thread starts, or on it.
  void SetFilter(const SenderFilter& filter) noexcept { filter_ = filter; }

  // Judge one datagram that came at `localUs`, any clock that only moves forward (within +-2^60). `data` may be null
  // when `size` is 0. Never fails, waits or allocates.
  CSTALK_API ReceiveOutcome Receive(const std::uint8_t* data, std::size_t size, const Sender& sender,
                         std::int64_t localUs) noexcept;

  // The game thread's ends.
  FrameQueue& Frames() noexcept { return frames_; }
  HelloQueue& Hellos() noexcept { return hellos_; }
  EmotionQueue& Emotions() noexcept { return emotions_; }
  NoticeBoard& Notices() noexcept { return notices_; }

  // Any thread.
  const ReceiverStats& Stats() const noexcept { return stats_; }

 private:
  ReceiveOutcome Refuse(PacketResult result, const Sender& sender) noexcept;
  ReceiveOutcome TakeFrame(const Sender& sender, std::int64_t localUs) noexcept;
  ReceiveOutcome TakeHello(const std::uint8_t* data, std::size_t size, const Sender& sender,
                           std::int64_t localUs) noexcept;
  ReceiveOutcome TakeEmotion(const std::uint8_t* data, std::size_t size, const Sender& sender,
                             std::int64_t localUs) noexcept;
  ReceiveOutcome TakeChunk(const std::uint8_t* data, std::size_t size, const Sender& sender) noexcept;

  SenderFilter filter_;
  SessionHolder holder_;
  SequenceWindow window_;
  ClockMap clock_;
  FramePacket packet_;
  Hello hello_;
  Emotion emotion_;
  SchemaChunk chunk_;
  ArrivedFrame current_;
  std::uint32_t epoch_ = 0;
  ReceiverStats stats_;
  NoticeBoard notices_;
  HelloQueue hellos_;
  EmotionQueue emotions_;
  FrameQueue frames_;
};

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/FaceStream.h"

#include <cstdio>
#include <cstring>

namespace cstalk {

namespace {

constexpr std::int64_t kFrameUs = 16667;

bool SameIntroduction(const Hello& left, const Hello& right) noexcept {
  return left.session == right.session && left.schemaHash == right.schemaHash &&
         std::strcmp(left.subject, right.subject) == 0 && std::strcmp(left.version, right.version) == 0 &&
         std::strcmp(left.layout, right.layout) == 0 && left.lookahead == right.lookahead;
}

PacketResult MostFrequentMistake(const ReceiverStats& stats) noexcept {
  PacketResult worst = PacketResult::Ok;
  std::uint64_t most = 0;
  for (std::size_t k = 0; k < static_cast<std::size_t>(PacketResult::Count); ++k) {
    const std::uint64_t count = stats.results[k].load(std::memory_order_relaxed);
    if (IsMistake(static_cast<PacketResult>(k)) && count > most) {
      most = count;
      worst = static_cast<PacketResult>(k);
    }
  }
  return worst;
}

}  // namespace

std::uint32_t FaceStream::TakeFlags(std::uint32_t flags) noexcept {
  std::uint32_t events = 0;
  const bool speech = (flags & kFlagSpeech) != 0;
  const bool lost = (flags & kFlagNoSource) != 0;
  if (speech != speech_) events |= speech ? kEventSpeechStarted : kEventSpeechStopped;
  if (lost != sourceLost_) events |= lost ? kEventSourceLost : kEventSourceBack;
  speech_ = speech;
  sourceLost_ = lost;
  return events;
}

std::uint32_t FaceStream::Pump(std::int64_t localUs) noexcept {
  std::uint32_t events = 0;
  nowUs_ = localUs;
  FrameQueue& frames = receiver_.Frames();
  while (const ArrivedFrame* frame = frames.Front()) {
    if (!connected_) events |= kEventConnected;
    if (anyFrame_ && frame->session != session_) events |= kEventSenderChanged;
    events |= TakeFlags(frame->flags);
    connected_ = true;
    anyFrame_ = true;
    session_ = frame->session;
    from_ = frame->from;
    lastSendUs_ = frame->sendUs;
    lastFrameUs_ = frame->arrivalUs;
    ++framesThisSecond_;
    buffer_.Insert(*frame);
    frames.Pop();
  }
  HelloQueue& hellos = receiver_.Hellos();
  while (const Hello* hello = hellos.Front()) {
    if (!SameIntroduction(*hello, hello_)) events |= kEventHello;
    hello_ = *hello;
    hellos.Pop();
  }
  EmotionQueue& emotions = receiver_.Emotions();
  while (const Emotion* emotion = emotions.Front()) {
    if (!SameEmotion(*emotion, emotion_)) events |= kEventEmotion;
    emotion_ = *emotion;
    emotions.Pop();
  }
  if (connected_ && localUs - lastFrameUs_ > kSilentUs) {
    connected_ = false;
    events |= kEventDisconnected | TakeFlags(0);
  }
  if (localUs - secondBeganUs_ >= 1000000) {
    framesLastSecond_ = framesThisSecond_;
    framesThisSecond_ = 0;
    secondBeganUs_ = localUs;
  }
  return events;
}

StreamStatus FaceStream::Status() const noexcept {
  const ReceiverStats& stats = receiver_.Stats();
  StreamStatus status;
  status.connected = connected_;
  status.speech = speech_;
  status.sourceLost = sourceLost_;
  status.framesLastSecond = framesLastSecond_;
  status.silentUs = anyFrame_ && nowUs_ > lastFrameUs_ ? nowUs_ - lastFrameUs_ : 0;
  status.latenessP50Us = stats.lateness.PercentileUs(0.50);
  status.latenessP99Us = stats.lateness.PercentileUs(0.99);
  status.senderDelayP50Us = stats.senderDelay.PercentileUs(0.50);
  status.suggestedDelayUs = kFrameUs + status.latenessP99Us;
  return status;
}

std::size_t FaceStream::FormatStatus(std::int64_t playoutDelayUs, char* out, std::size_t capacity) const noexcept {
  if (capacity == 0) return 0;
  const ReceiverStats& stats = receiver_.Stats();
  const StreamStatus status = Status();
  const PacketResult mistake = MostFrequentMistake(stats);
  const std::uint64_t packets = stats.packets.load(std::memory_order_relaxed);
  const char* state = status.connected ? (status.sourceLost ? "no microphone" : "connected")
                                       : (anyFrame_ ? "silent" : (packets > 0 ? "no frames" : "no packets yet"));
  int length = std::snprintf(
      out, capacity,
      "%s | %u frames/s | delay %.0f ms from the sound, %.0f ms of it here | late p99 %.1f ms | %llu missing, %llu taken",
      state, static_cast<unsigned>(status.framesLastSecond),
      static_cast<double>(status.senderDelayP50Us + playoutDelayUs) / 1000.0,
      static_cast<double>(playoutDelayUs) / 1000.0, static_cast<double>(status.latenessP99Us) / 1000.0,
      static_cast<unsigned long long>(stats.missing.load(std::memory_order_relaxed)),
      static_cast<unsigned long long>(stats.frames.load(std::memory_order_relaxed)));
  if (length < 0) {
    out[0] = '\0';
    return 0;
  }
  std::size_t written = static_cast<std::size_t>(length) < capacity ? static_cast<std::size_t>(length) : capacity - 1;
  if (mistake != PacketResult::Ok && written + 1 < capacity) {
    const std::uint64_t count = stats.results[static_cast<std::size_t>(mistake)].load(std::memory_order_relaxed);
    length = std::snprintf(out + written, capacity - written, " | %llu refused: %s",
                           static_cast<unsigned long long>(count), Describe(mistake));
    if (length > 0) {
      const std::size_t more = static_cast<std::size_t>(length);
      written = more < capacity - written ? written + more : capacity - 1;
    }
  }
  return written;
}

}  // namespace cstalk

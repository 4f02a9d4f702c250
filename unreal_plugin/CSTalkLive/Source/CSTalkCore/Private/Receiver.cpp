// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Receiver.h"

#include <cstring>
#include <string_view>

#include "cstalk/BoardMap.h"
#include "cstalk/OscReader.h"
#include "cstalk/OtherFormats.h"
#include "cstalk/Schema.h"

namespace cstalk {

namespace {

bool AddressIs(const std::uint8_t* data, std::size_t size, std::string_view address) noexcept {
  return size > address.size() && std::memcmp(data, address.data(), address.size()) == 0 && data[address.size()] == 0;
}

void CountUp(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) noexcept {
  // One thread writes: no read-modify-write is needed.
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

bool TimesInRange(const FramePacket& packet) noexcept {
  const auto inRange = [](std::int64_t time) { return time >= -kMaxTimeUs && time <= kMaxTimeUs; };
  return inRange(packet.captureUs) && inRange(packet.sendUs);
}

}  // namespace

ReceiveOutcome Receiver::Receive(const std::uint8_t* data, std::size_t size, const Sender& sender,
                                 std::int64_t localUs) noexcept {
  CountUp(stats_.packets);
  CountUp(stats_.bytes, size);
  stats_.lastPacketUs.store(localUs, std::memory_order_relaxed);
  if (!filter_.Allows(sender)) return Refuse(PacketResult::NotAllowed, sender);
  if (size > kMaxDatagram) return Refuse(PacketResult::TooLong, sender);
  if (size == 0 || data == nullptr) return Refuse(PacketResult::NotWords, sender);
  if (data[0] == 6) {
    LiveLinkFacePacket face;
    const bool isFace = DecodeLiveLinkFace(data, size, face) == PacketResult::Ok;
    return Refuse(isFace ? PacketResult::LiveLinkFace : PacketResult::NotWords, sender);
  }
  if (OscBundleReader::LooksLikeBundle(data, size)) {
    std::uint32_t count = 0;
    const PacketResult result = DecodeControlsBundle(data, size, count);
    return Refuse(result == PacketResult::Ok ? PacketResult::PerControl : result, sender);
  }
  if (AddressIs(data, size, "/cstalk/hello")) return TakeHello(data, size, sender, localUs);
  if (AddressIs(data, size, "/cstalk/schema")) return TakeChunk(data, size, sender);
  if (AddressIs(data, size, "/cstalk/emotion")) return TakeEmotion(data, size, sender, localUs);
  const PacketResult result = DecodeFrame(data, size, packet_);
  if (result != PacketResult::Ok) return Refuse(result, sender);
  if (!TimesInRange(packet_)) return Refuse(PacketResult::OutOfRange, sender);
  return TakeFrame(sender, localUs);
}

ReceiveOutcome Receiver::Refuse(PacketResult result, const Sender& sender) noexcept {
  CountUp(stats_.results[static_cast<std::size_t>(result)]);
  notices_.Note(result, sender);
  ReceiveOutcome outcome;
  outcome.result = result;
  return outcome;
}

ReceiveOutcome Receiver::TakeFrame(const Sender& sender, std::int64_t localUs) noexcept {
  const SessionHolder::Claim claim = holder_.Offer(packet_.session, sender, localUs);
  if (claim == SessionHolder::Claim::OtherSender) return Refuse(PacketResult::OtherSender, sender);
  if (claim == SessionHolder::Claim::Ended) return Refuse(PacketResult::EndedSession, sender);
  const bool started = claim == SessionHolder::Claim::Started;
  if (started) {
    CountUp(stats_.sessions);
    window_.Reset();
    clock_.Reset();
  }
  const SequenceWindow::Place place = window_.Add(packet_.sequence);
  if (place.order == SequenceWindow::Order::Duplicate) return Refuse(PacketResult::Duplicate, sender);
  if (place.order == SequenceWindow::Order::TooOld) return Refuse(PacketResult::TooOld, sender);
  const bool newest = place.order == SequenceWindow::Order::Newer;
  if (newest) {
    CountUp(stats_.missing, place.missing);
  } else {
    CountUp(stats_.overtaken);
    // One frame that was counted as missing has come after all.
    const std::uint64_t missing = stats_.missing.load(std::memory_order_relaxed);
    if (missing > 0) stats_.missing.store(missing - 1, std::memory_order_relaxed);
  }
  const ClockMap::Stamp stamp = clock_.Add(packet_.captureUs, localUs, newest);
  if (stamp.jumped) ++epoch_;
  if (stamp.jumped && !started) CountUp(stats_.jumps);
  if (ClampValues(*packet_.schema, packet_.values) > 0) CountUp(stats_.clamped);
  if (packet_.schema == &BoardSchema()) {
    BoardToProperties(packet_.values, current_.values);
  } else {
    std::memcpy(current_.values, packet_.values, sizeof current_.values);
  }
  current_.stampUs = stamp.localUs;
  current_.arrivalUs = localUs;
  current_.captureUs = packet_.captureUs;
  current_.sendUs = packet_.sendUs;
  current_.index = packet_.index;
  current_.session = packet_.session;
  current_.sequence = packet_.sequence;
  current_.epoch = epoch_;
  current_.flags = packet_.flags;
  current_.from = sender;
  CountUp(stats_.results[static_cast<std::size_t>(PacketResult::Ok)]);
  CountUp(stats_.frames);
  stats_.lastFrameUs.store(localUs, std::memory_order_relaxed);
  stats_.driftPpb.store(static_cast<std::int64_t>(clock_.DriftPpm() * 1000.0), std::memory_order_relaxed);
  stats_.lateness.Add(localUs - stamp.localUs, localUs);
  stats_.senderDelay.Add(packet_.sendUs - packet_.captureUs, localUs);
  if (!frames_.Push(current_)) CountUp(stats_.stalled);
  ReceiveOutcome outcome;
  outcome.kind = PacketKind::Frame;
  outcome.frame = &current_;
  outcome.newest = newest;
  outcome.newEpoch = stamp.jumped;
  return outcome;
}

ReceiveOutcome Receiver::TakeHello(const std::uint8_t* data, std::size_t size, const Sender& sender,
                                   std::int64_t localUs) noexcept {
  const PacketResult result = DecodeHello(data, size, hello_);
  if (result != PacketResult::Ok) return Refuse(result, sender);
  // A hello only introduces itself; frames decide who holds the face. One that comes before the first frame of a
  // restarted program is no second sender.
  if (holder_.Alive(localUs) && !holder_.Holds(hello_.session, sender)) return Refuse(PacketResult::OtherSender, sender);
  CountUp(stats_.results[static_cast<std::size_t>(PacketResult::Ok)]);
  CountUp(stats_.hellos);
  hellos_.Push(hello_);  // when the game thread is four seconds behind, the next one will do
  ReceiveOutcome outcome;
  outcome.kind = PacketKind::Hello;
  return outcome;
}

ReceiveOutcome Receiver::TakeEmotion(const std::uint8_t* data, std::size_t size, const Sender& sender,
                                     std::int64_t localUs) noexcept {
  const PacketResult result = DecodeEmotion(data, size, emotion_);
  if (result != PacketResult::Ok) return Refuse(result, sender);
  // While somebody drives the face nobody else may say what it feels; a program that starts may say it before its
  // first frame.
  if (holder_.Alive(localUs) && !holder_.Holds(emotion_.session, sender)) return Refuse(PacketResult::OtherSender, sender);
  CountUp(stats_.results[static_cast<std::size_t>(PacketResult::Ok)]);
  CountUp(stats_.emotions);
  emotions_.Push(emotion_);  // it is repeated every second
  ReceiveOutcome outcome;
  outcome.kind = PacketKind::Emotion;
  return outcome;
}

ReceiveOutcome Receiver::TakeChunk(const std::uint8_t* data, std::size_t size, const Sender& sender) noexcept {
  const PacketResult result = DecodeSchema(data, size, chunk_);
  if (result != PacketResult::Ok) return Refuse(result, sender);
  CountUp(stats_.results[static_cast<std::size_t>(PacketResult::Ok)]);
  CountUp(stats_.chunks);
  const Schema* known = FindSchema(chunk_.schemaHash);
  const Schema& expected = known == nullptr ? RawSchema() : *known;
  std::uint32_t place = chunk_.first;
  for (std::string_view name; chunk_.NextName(name); ++place) {
    if (place >= expected.size || name != expected.names[place]) CountUp(stats_.foreignNames);
  }
  ReceiveOutcome outcome;
  outcome.kind = PacketKind::Schema;
  return outcome;
}

}  // namespace cstalk

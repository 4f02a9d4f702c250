// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/HeartbeatCodec.h"

#include "OscFields.h"
#include "cstalk/OscWriter.h"

namespace cstalk {

namespace {

constexpr std::string_view kHeartbeatAddress = "/cstalk/heartbeat";
constexpr std::string_view kHeartbeatTags = "iiiifffffihhsss";
constexpr float kLargestFloat = 3.4e38f;

}  // namespace

PacketResult DecodeHeartbeat(const std::uint8_t* data, std::size_t size, Heartbeat& beat) noexcept {
  OscReader reader(data, size);
  std::string_view tags;
  PacketResult result = reader.Head(kHeartbeatAddress, tags);
  if (result != PacketResult::Ok) return result;
  if (tags != kHeartbeatTags) return PacketResult::BadTypeTags;
  if ((result = reader.Word(beat.session)) != PacketResult::Ok) return result;
  if ((result = ReadVersion(reader)) != PacketResult::Ok) return result;
  if ((result = reader.Word(beat.flags)) != PacketResult::Ok) return result;
  if ((result = reader.Int(beat.faces)) != PacketResult::Ok) return result;
  for (float* number : {&beat.receivedPerSecond, &beat.appliedPerSecond, &beat.engineFps, &beat.poseDelayMs,
                        &beat.latenessP99Ms}) {
    if ((result = ReadFloat(reader, 0.0f, kLargestFloat, *number)) != PacketResult::Ok) return result;
  }
  if ((result = reader.Word(beat.missing)) != PacketResult::Ok) return result;
  if ((result = reader.Long(beat.echoedSendUs)) != PacketResult::Ok) return result;
  if ((result = reader.Long(beat.heldUs)) != PacketResult::Ok) return result;
  if ((result = ReadText(reader, beat.subject)) != PacketResult::Ok) return result;
  if ((result = ReadText(reader, beat.engine)) != PacketResult::Ok) return result;
  if ((result = ReadText(reader, beat.plugin)) != PacketResult::Ok) return result;
  if ((result = reader.End()) != PacketResult::Ok) return result;
  return beat.faces >= 0 && beat.heldUs >= 0 ? PacketResult::Ok : PacketResult::OutOfRange;
}

std::size_t EncodeHeartbeat(const Heartbeat& beat, std::uint8_t* out, std::size_t capacity) noexcept {
  OscWriter writer(out, capacity);
  writer.Text(kHeartbeatAddress);
  writer.TagsWithRun(kHeartbeatTags, ' ', 0);
  writer.Word(beat.session);
  writer.Word(kProtocolVersion);
  writer.Word(beat.flags);
  writer.Int(beat.faces);
  writer.Float(beat.receivedPerSecond);
  writer.Float(beat.appliedPerSecond);
  writer.Float(beat.engineFps);
  writer.Float(beat.poseDelayMs);
  writer.Float(beat.latenessP99Ms);
  writer.Word(beat.missing);
  writer.Long(beat.echoedSendUs);
  writer.Long(beat.heldUs);
  writer.Text(beat.subject);
  writer.Text(beat.engine);
  writer.Text(beat.plugin);
  return writer.Size();
}

}  // namespace cstalk

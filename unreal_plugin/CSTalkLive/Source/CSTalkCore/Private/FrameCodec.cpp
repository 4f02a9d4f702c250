// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/FrameCodec.h"

#include <string_view>

#include "Bytes.h"
#include "cstalk/OscReader.h"
#include "cstalk/OscWriter.h"

namespace cstalk {

namespace {

constexpr std::string_view kFrameAddress = "/cstalk/frame";
constexpr std::string_view kFrameHeadTags = "iiiihhhi";

bool FloatsFollow(std::string_view tags) noexcept {
  if (tags.size() <= kFrameHeadTags.size() || tags.substr(0, kFrameHeadTags.size()) != kFrameHeadTags) return false;
  for (const char tag : tags.substr(kFrameHeadTags.size())) {
    if (tag != 'f') return false;
  }
  return true;
}

}  // namespace

PacketResult DecodeFrame(const std::uint8_t* data, std::size_t size, FramePacket& frame) noexcept {
  OscReader reader(data, size);
  std::string_view tags;
  PacketResult result = reader.Head(kFrameAddress, tags);
  if (result != PacketResult::Ok) return result;
  if (!FloatsFollow(tags)) return PacketResult::BadTypeTags;
  const std::size_t count = tags.size() - kFrameHeadTags.size();
  std::uint32_t hash = 0;
  if ((result = reader.Word(frame.session)) != PacketResult::Ok) return result;
  if ((result = reader.Word(frame.sequence)) != PacketResult::Ok) return result;
  if ((result = reader.Word(hash)) != PacketResult::Ok) return result;
  if ((result = reader.Word(frame.flags)) != PacketResult::Ok) return result;
  if ((result = reader.Long(frame.index)) != PacketResult::Ok) return result;
  if ((result = reader.Long(frame.captureUs)) != PacketResult::Ok) return result;
  if ((result = reader.Long(frame.sendUs)) != PacketResult::Ok) return result;
  if ((result = reader.Int(frame.lookahead)) != PacketResult::Ok) return result;
  frame.schema = FindSchema(hash);
  if (frame.schema == nullptr) return PacketResult::UnknownSchema;
  if (count != frame.schema->size) return PacketResult::WrongValueCount;
  if (frame.index < 0 || frame.lookahead < 0) return PacketResult::OutOfRange;
  const std::uint8_t* words = nullptr;
  if ((result = reader.Rest(4 * count, words)) != PacketResult::Ok) return result;
  bool finite = true;
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint32_t bits = ReadBig32(words + 4 * k);
    finite = finite && IsFiniteBits(bits);
    frame.values[k] = FloatOf(bits);
  }
  return finite ? PacketResult::Ok : PacketResult::NotFinite;
}

std::size_t EncodeFrame(const FramePacket& frame, std::uint8_t* out, std::size_t capacity) noexcept {
  if (frame.schema == nullptr) return 0;
  OscWriter writer(out, capacity);
  writer.Text(kFrameAddress);
  writer.TagsWithRun(kFrameHeadTags, 'f', frame.schema->size);
  writer.Word(frame.session);
  writer.Word(frame.sequence);
  writer.Word(frame.schema->hash);
  writer.Word(frame.flags);
  writer.Long(frame.index);
  writer.Long(frame.captureUs);
  writer.Long(frame.sendUs);
  writer.Int(frame.lookahead);
  for (std::uint32_t k = 0; k < frame.schema->size; ++k) writer.Float(frame.values[k]);
  return writer.Size();
}

}  // namespace cstalk

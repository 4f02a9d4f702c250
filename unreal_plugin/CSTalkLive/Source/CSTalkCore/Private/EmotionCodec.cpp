// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/EmotionCodec.h"

#include "OscFields.h"
#include "cstalk/OscWriter.h"

namespace cstalk {

namespace {

constexpr std::string_view kEmotionAddress = "/cstalk/emotion";
constexpr std::string_view kEmotionHeadTags = "iifi";
constexpr std::uint32_t kEmotionMuted = 1;

bool PairsFollow(std::string_view tags) noexcept {
  const std::size_t head = kEmotionHeadTags.size();
  if (tags.size() < head || tags.substr(0, head) != kEmotionHeadTags || (tags.size() - head) % 2 != 0) return false;
  for (std::size_t k = head; k < tags.size(); k += 2) {
    if (tags.substr(k, 2) != "sf") return false;
  }
  return true;
}

}  // namespace

bool SameEmotion(const Emotion& left, const Emotion& right) noexcept {
  if (left.intensity != right.intensity || left.muted != right.muted || left.count != right.count) return false;
  for (std::uint32_t k = 0; k < left.count; ++k) {
    if (left.weights[k] != right.weights[k] || std::strcmp(left.names[k], right.names[k]) != 0) return false;
  }
  return true;
}

PacketResult DecodeEmotion(const std::uint8_t* data, std::size_t size, Emotion& emotion) noexcept {
  OscReader reader(data, size);
  std::string_view tags;
  std::uint32_t flags = 0;
  PacketResult result = reader.Head(kEmotionAddress, tags);
  if (result != PacketResult::Ok) return result;
  if (!PairsFollow(tags)) return PacketResult::BadTypeTags;
  const std::size_t pairs = (tags.size() - kEmotionHeadTags.size()) / 2;
  if (pairs > kMaxEmotions) return PacketResult::WrongValueCount;
  emotion.count = static_cast<std::uint32_t>(pairs);
  if ((result = reader.Word(emotion.session)) != PacketResult::Ok) return result;
  if ((result = ReadVersion(reader)) != PacketResult::Ok) return result;
  if ((result = ReadFloat(reader, 0.0f, kMaxIntensity, emotion.intensity)) != PacketResult::Ok) return result;
  if ((result = reader.Word(flags)) != PacketResult::Ok) return result;
  emotion.muted = (flags & kEmotionMuted) != 0;
  for (std::uint32_t k = 0; k < emotion.count; ++k) {
    if ((result = ReadText(reader, emotion.names[k])) != PacketResult::Ok) return result;
    if ((result = ReadFloat(reader, 0.0f, 1.0f, emotion.weights[k])) != PacketResult::Ok) return result;
  }
  return reader.End();
}

std::size_t EncodeEmotion(const Emotion& emotion, std::uint8_t* out, std::size_t capacity) noexcept {
  char tags[kEmotionHeadTags.size() + 2 * kMaxEmotions];
  if (emotion.count > kMaxEmotions) return 0;
  std::memcpy(tags, kEmotionHeadTags.data(), kEmotionHeadTags.size());
  for (std::uint32_t k = 0; k < emotion.count; ++k) {
    std::memcpy(tags + kEmotionHeadTags.size() + std::size_t{2} * k, "sf", 2);
  }
  OscWriter writer(out, capacity);
  writer.Text(kEmotionAddress);
  writer.TagsWithRun(std::string_view(tags, kEmotionHeadTags.size() + std::size_t{2} * emotion.count), ' ', 0);
  writer.Word(emotion.session);
  writer.Word(kProtocolVersion);
  writer.Float(emotion.intensity);
  writer.Word(emotion.muted ? kEmotionMuted : 0);
  for (std::uint32_t k = 0; k < emotion.count; ++k) {
    writer.Text(emotion.names[k]);
    writer.Float(emotion.weights[k]);
  }
  return writer.Size();
}

}  // namespace cstalk

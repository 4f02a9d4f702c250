// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/SchemaCodec.h"

namespace cstalk {

namespace {

constexpr std::string_view kSchemaAddress = "/cstalk/schema";
constexpr std::string_view kSchemaHeadTags = "iiii";

bool NamesFollow(std::string_view tags) noexcept {
  if (tags.size() <= kSchemaHeadTags.size() || tags.substr(0, kSchemaHeadTags.size()) != kSchemaHeadTags) return false;
  for (const char tag : tags.substr(kSchemaHeadTags.size())) {
    if (tag != 's') return false;
  }
  return true;
}

}  // namespace

bool SchemaChunk::NextName(std::string_view& name) noexcept {
  if (left_ == 0) return false;
  --left_;
  return reader_.Text(name) == PacketResult::Ok;
}

PacketResult DecodeSchema(const std::uint8_t* data, std::size_t size, SchemaChunk& chunk) noexcept {
  OscReader reader(data, size);
  std::string_view tags;
  PacketResult result = reader.Head(kSchemaAddress, tags);
  if (result != PacketResult::Ok) return result;
  if (!NamesFollow(tags)) return PacketResult::BadTypeTags;
  if ((result = reader.Word(chunk.schemaHash)) != PacketResult::Ok) return result;
  if ((result = reader.Word(chunk.index)) != PacketResult::Ok) return result;
  if ((result = reader.Word(chunk.count)) != PacketResult::Ok) return result;
  if ((result = reader.Word(chunk.first)) != PacketResult::Ok) return result;
  chunk.names = static_cast<std::uint32_t>(tags.size() - kSchemaHeadTags.size());
  const bool chunks = chunk.count >= 1 && chunk.count <= kMaxSchemaChunks && chunk.index < chunk.count;
  const bool places = std::uint64_t{chunk.first} + chunk.names <= kMaxAnnouncedValues;
  if (!chunks || !places || (chunk.index == 0) != (chunk.first == 0)) return PacketResult::OutOfRange;
  chunk.reader_ = reader;
  chunk.left_ = chunk.names;
  for (std::uint32_t k = 0; k < chunk.names; ++k) {
    std::string_view name;
    if ((result = reader.Text(name)) != PacketResult::Ok) return result;
    if (name.empty()) return PacketResult::OutOfRange;
  }
  return reader.End();
}

}  // namespace cstalk

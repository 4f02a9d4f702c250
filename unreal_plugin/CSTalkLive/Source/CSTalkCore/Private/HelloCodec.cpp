// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/HelloCodec.h"

#include "OscFields.h"
#include "cstalk/OscWriter.h"

namespace cstalk {

namespace {

constexpr std::string_view kHelloAddress = "/cstalk/hello";
constexpr std::string_view kHelloTags = "iiisiiiissh";

}  // namespace

PacketResult DecodeHello(const std::uint8_t* data, std::size_t size, Hello& hello) noexcept {
  OscReader reader(data, size);
  std::string_view tags;
  PacketResult result = reader.Head(kHelloAddress, tags);
  if (result != PacketResult::Ok) return result;
  if (tags != kHelloTags) return PacketResult::BadTypeTags;
  std::uint32_t protocol = 0;
  if ((result = reader.Word(hello.session)) != PacketResult::Ok) return result;
  if ((result = reader.Word(protocol)) != PacketResult::Ok) return result;
  if ((result = reader.Word(hello.schemaHash)) != PacketResult::Ok) return result;
  if (protocol != kProtocolVersion) return PacketResult::OtherProtocol;
  if ((result = ReadText(reader, hello.layout)) != PacketResult::Ok) return result;
  if ((result = reader.Int(hello.valueCount)) != PacketResult::Ok) return result;
  if ((result = reader.Int(hello.rateNumerator)) != PacketResult::Ok) return result;
  if ((result = reader.Int(hello.rateDenominator)) != PacketResult::Ok) return result;
  if ((result = reader.Int(hello.lookahead)) != PacketResult::Ok) return result;
  if ((result = ReadText(reader, hello.subject)) != PacketResult::Ok) return result;
  if ((result = ReadText(reader, hello.version)) != PacketResult::Ok) return result;
  if ((result = reader.Long(hello.sendUs)) != PacketResult::Ok) return result;
  if ((result = reader.End()) != PacketResult::Ok) return result;
  const bool counts = hello.valueCount >= 1 && hello.valueCount <= static_cast<std::int32_t>(kMaxAnnouncedValues);
  const bool rate = hello.rateNumerator >= 1 && hello.rateDenominator >= 1;
  return counts && rate && hello.lookahead >= 0 ? PacketResult::Ok : PacketResult::OutOfRange;
}

std::size_t EncodeHello(const Hello& hello, std::uint8_t* out, std::size_t capacity) noexcept {
  OscWriter writer(out, capacity);
  writer.Text(kHelloAddress);
  writer.TagsWithRun(kHelloTags, ' ', 0);
  writer.Word(hello.session);
  writer.Word(kProtocolVersion);
  writer.Word(hello.schemaHash);
  writer.Text(hello.layout);
  writer.Int(hello.valueCount);
  writer.Int(hello.rateNumerator);
  writer.Int(hello.rateDenominator);
  writer.Int(hello.lookahead);
  writer.Text(hello.subject);
  writer.Text(hello.version);
  writer.Long(hello.sendUs);
  return writer.Size();
}

}  // namespace cstalk

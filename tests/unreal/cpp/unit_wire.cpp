// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "cstalk/FrameCodec.h"
#include "cstalk/HelloCodec.h"
#include "cstalk/OscReader.h"
#include "cstalk/OscWriter.h"
#include "cstalk/OtherFormats.h"
#include "cstalk/Schema.h"
#include "testing.h"

using cstalk::PacketResult;

namespace {

cstalk::FramePacket SomeFrame(const cstalk::Schema& schema) {
  cstalk::FramePacket frame;
  frame.schema = &schema;
  frame.session = 0xFFFFFFFFu;
  frame.sequence = 0x80000000u;
  frame.flags = 0xFFFFFFFFu;
  frame.index = (std::numeric_limits<std::int64_t>::max)();
  frame.captureUs = (std::numeric_limits<std::int64_t>::min)();
  frame.sendUs = -1;
  frame.lookahead = (std::numeric_limits<std::int32_t>::max)();
  for (std::uint32_t k = 0; k < schema.size; ++k) frame.values[k] = 0.25f * static_cast<float>(k) - 7.0f;
  return frame;
}

bool Utf8(const char* text) { return cstalk::IsUtf8(reinterpret_cast<const std::uint8_t*>(text), std::strlen(text)); }

}  // namespace

CSTALK_TEST(encode_then_decode_is_identity) {
  for (const cstalk::Schema* schema : {&cstalk::RawSchema(), &cstalk::BoardSchema()}) {
    const cstalk::FramePacket sent = SomeFrame(*schema);
    std::uint8_t bytes[cstalk::kMaxDatagram];
    const std::size_t size = cstalk::EncodeFrame(sent, bytes, sizeof bytes);
    EXPECT(size == (schema == &cstalk::RawSchema() ? 1372u : 996u));
    cstalk::FramePacket got;
    EXPECT(cstalk::DecodeFrame(bytes, size, got) == PacketResult::Ok);
    EXPECT(got.schema == schema && got.session == sent.session && got.sequence == sent.sequence);
    EXPECT(got.flags == sent.flags && got.index == sent.index && got.lookahead == sent.lookahead);
    EXPECT(got.captureUs == sent.captureUs && got.sendUs == sent.sendUs);
    EXPECT(std::memcmp(got.values, sent.values, 4 * schema->size) == 0);
    EXPECT(cstalk::EncodeFrame(sent, bytes, size - 1) == 0);
  }
}

CSTALK_TEST(hello_comes_back) {
  cstalk::Hello sent;
  sent.session = 9;
  sent.valueCount = 260;
  sent.rateNumerator = 60;
  sent.rateDenominator = 1;
  std::strcpy(sent.layout, "raw");
  std::strcpy(sent.subject, "Ana Mar\xC3\xAD" "a");
  std::memset(sent.version, 'v', cstalk::kMaxVersionBytes);
  std::uint8_t bytes[cstalk::kMaxDatagram];
  const std::size_t size = cstalk::EncodeHello(sent, bytes, sizeof bytes);
  cstalk::Hello got;
  EXPECT(cstalk::DecodeHello(bytes, size, got) == PacketResult::Ok);
  EXPECT(std::strcmp(got.subject, sent.subject) == 0 && std::strcmp(got.version, sent.version) == 0);
  sent.subject[0] = '\0';
  EXPECT(cstalk::DecodeHello(bytes, cstalk::EncodeHello(sent, bytes, sizeof bytes), got) == PacketResult::OutOfRange);
}

CSTALK_TEST(utf8_is_strict) {
  EXPECT(Utf8("") && Utf8("plain") && Utf8("\xC3\xAD") && Utf8("\xEF\xBF\xBF") && Utf8("\xF4\x8F\xBF\xBF"));
  EXPECT(!Utf8("\x80") && !Utf8("\xC1\xBF") && !Utf8("\xC3") && !Utf8("\xE0\x9F\xBF") && !Utf8("\xED\xA0\x80"));
  EXPECT(!Utf8("\xF0\x8F\xBF\xBF") && !Utf8("\xF4\x90\x80\x80") && !Utf8("\xF5\x80\x80\x80") && !Utf8("\xE2\x82"));
}

CSTALK_TEST(hostile_bundles_end) {
  std::uint8_t bytes[64] = "#bundle";
  cstalk::OscBundleReader whole(bytes, sizeof bytes);
  EXPECT(whole.Begin() == PacketResult::Ok);
  const std::uint8_t* element = nullptr;
  std::size_t size = 0;
  bool end = false;
  EXPECT(whole.Next(element, size, end) == PacketResult::NotWords);  // an element of 0 bytes would never end
  const std::uint8_t huge[4] = {0x7F, 0xFF, 0xFF, 0xFC};
  std::memcpy(bytes + 16, huge, 4);
  cstalk::OscBundleReader long_(bytes, sizeof bytes);
  EXPECT(long_.Begin() == PacketResult::Ok);
  EXPECT(long_.Next(element, size, end) == PacketResult::Truncated);
  // A bundle in a bundle is no message.
  std::uint8_t nested[36] = "#bundle";
  nested[19] = 16;
  std::memcpy(nested + 20, "#bundle", 8);
  std::uint32_t count = 0;
  EXPECT(cstalk::DecodeControlsBundle(nested, sizeof nested, count) != PacketResult::Ok);
  EXPECT(cstalk::DecodeControlsBundle(bytes, 8, count) == PacketResult::Truncated);
}

CSTALK_TEST(writer_never_writes_beyond) {
  std::uint8_t bytes[12];
  std::memset(bytes, 0xEE, sizeof bytes);
  cstalk::OscWriter writer(bytes, 8);
  writer.Text("abcdefg");
  EXPECT(writer.Size() == 8);
  writer.Word(1);
  EXPECT(writer.Size() == 0);
  for (int k = 8; k < 12; ++k) EXPECT(bytes[k] == 0xEE);
}

CSTALK_TEST(names_are_found_as_the_engine_compares_them) {
  EXPECT(cstalk::FindControl(cstalk::RawSchema(), "ctrl_EXPRESSIONS_jawopen") >= 0);
  EXPECT(cstalk::FindControl(cstalk::RawSchema(), "CTRL_expressions_mouthUp") >= 0);
  EXPECT(cstalk::FindControl(cstalk::RawSchema(), "CTRL_expressions_jawOpe") == -1);
  EXPECT(cstalk::FindSchema(0xAE9DEA30u) == &cstalk::RawSchema());
  EXPECT(cstalk::FindSchema(0x115D5C3Cu) == &cstalk::BoardSchema());
  EXPECT(cstalk::FindSchema(0) == nullptr);
}

CSTALK_TEST(values_are_limited_and_counted) {
  float values[cstalk::kPropertyCount] = {};
  EXPECT(cstalk::ClampValues(cstalk::RawSchema(), values) == 0);
  values[0] = 1e30f;
  values[1] = -0.001f;
  values[252] = 200.0f;  // HeadRoll, degrees
  EXPECT(cstalk::ClampValues(cstalk::RawSchema(), values) == 3);
  EXPECT(values[0] == 1.0f && values[1] == 0.0f && values[252] == 180.0f);
}

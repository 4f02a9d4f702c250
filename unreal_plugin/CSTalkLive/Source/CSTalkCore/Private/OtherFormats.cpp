// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/OtherFormats.h"

#include "Bytes.h"
#include "cstalk/OscReader.h"

namespace cstalk {

namespace {

constexpr std::size_t kFaceTail = 4 + 4 + 4 + 4 + 1;
constexpr std::uint32_t kFaceValues = 61;

PacketResult FaceText(const std::uint8_t* data, std::size_t size, std::size_t& at, std::string_view& text) noexcept {
  if (size - at < 4) return PacketResult::Truncated;
  const std::uint32_t length = ReadBig32(data + at);
  at += 4;
  if (length == 0 || length > size - at) return PacketResult::Truncated;
  if (!IsUtf8(data + at, length)) return PacketResult::BadString;
  text = std::string_view(reinterpret_cast<const char*>(data + at), length);
  at += length;
  return PacketResult::Ok;
}

}  // namespace

PacketResult DecodeLiveLinkFace(const std::uint8_t* data, std::size_t size, LiveLinkFacePacket& packet) noexcept {
  if (size > kMaxDatagram) return PacketResult::TooLong;
  if (size == 0 || data[0] != 6) return PacketResult::OtherProtocol;
  std::size_t at = 1;
  PacketResult result = FaceText(data, size, at, packet.deviceId);
  if (result != PacketResult::Ok) return result;
  if ((result = FaceText(data, size, at, packet.subject)) != PacketResult::Ok) return result;
  if (size - at < kFaceTail + 4 * kFaceValues) return PacketResult::Truncated;
  if (size - at > kFaceTail + 4 * kFaceValues) return PacketResult::TrailingBytes;
  const std::uint32_t subframe = ReadBig32(data + at + 4);
  packet.frame = SignedOf(ReadBig32(data + at));
  packet.subframe = FloatOf(subframe);
  packet.rateNumerator = SignedOf(ReadBig32(data + at + 8));
  packet.rateDenominator = SignedOf(ReadBig32(data + at + 12));
  if (data[at + 16] != kFaceValues) return PacketResult::WrongValueCount;
  if (packet.frame < 0 || !IsFiniteBits(subframe) || packet.subframe < 0.0f || packet.subframe >= 1.0f) {
    return PacketResult::OutOfRange;
  }
  if (packet.rateNumerator < 1 || packet.rateDenominator < 1) return PacketResult::OutOfRange;
  if (packet.rateNumerator > std::int64_t{1000} * packet.rateDenominator) return PacketResult::OutOfRange;
  at += kFaceTail;
  for (std::uint32_t k = 0; k < kFaceValues; ++k) {
    const std::uint32_t bits = ReadBig32(data + at + 4 * k);
    if (!IsFiniteBits(bits)) return PacketResult::NotFinite;
    packet.values[k] = FloatOf(bits);
  }
  return PacketResult::Ok;
}

PacketResult DecodeControl(const std::uint8_t* data, std::size_t size, std::string_view& address,
                           float& value) noexcept {
  OscReader reader(data, size);
  PacketResult result = size == 0 || size % 4 != 0 ? PacketResult::NotWords : reader.Text(address);
  if (result != PacketResult::Ok) return result;
  if (address.empty() || address.front() != '/') return PacketResult::OtherAddress;
  std::string_view tags;
  if ((result = reader.Text(tags)) != PacketResult::Ok) return result;
  if (tags != ",f") return PacketResult::BadTypeTags;
  std::uint32_t bits = 0;
  if ((result = reader.Word(bits)) != PacketResult::Ok) return result;
  if (!IsFiniteBits(bits)) return PacketResult::NotFinite;
  value = FloatOf(bits);
  return reader.End();
}

PacketResult DecodeControlsBundle(const std::uint8_t* data, std::size_t size, std::uint32_t& count) noexcept {
  OscBundleReader bundle(data, size);
  PacketResult result = bundle.Begin();
  if (result != PacketResult::Ok) return result;
  count = 0;
  for (;;) {
    const std::uint8_t* element = nullptr;
    std::size_t length = 0;
    bool end = false;
    if ((result = bundle.Next(element, length, end)) != PacketResult::Ok || end) return result;
    std::string_view address;
    float value = 0.0f;
    if ((result = DecodeControl(element, length, address, value)) != PacketResult::Ok) return result;
    ++count;
  }
}

}  // namespace cstalk

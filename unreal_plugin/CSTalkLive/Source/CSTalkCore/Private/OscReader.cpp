// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/OscReader.h"

#include <cstring>

#include "Bytes.h"

namespace cstalk {

namespace {

constexpr std::uint8_t kBundleName[8] = {'#', 'b', 'u', 'n', 'd', 'l', 'e', 0};
constexpr std::size_t kBundleHead = 16;  // the name and a 64-bit time tag

PacketResult CheckOscSize(std::size_t size) noexcept {
  if (size > kMaxDatagram) return PacketResult::TooLong;
  if (size == 0 || size % 4 != 0) return PacketResult::NotWords;
  return PacketResult::Ok;
}

}  // namespace

bool IsUtf8(const std::uint8_t* text, std::size_t size) noexcept {
  std::size_t at = 0;
  while (at < size) {
    const std::uint8_t lead = text[at];
    if (lead < 0x80) {
      ++at;
      continue;
    }
    std::size_t more = 0;
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      more = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      more = 2;
      if (lead == 0xE0) low = 0xA0;   // else overlong
      if (lead == 0xED) high = 0x9F;  // else a surrogate
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      more = 3;
      if (lead == 0xF0) low = 0x90;   // else overlong
      if (lead == 0xF4) high = 0x8F;  // else above U+10FFFF
    } else {
      return false;
    }
    if (size - at <= more) return false;
    if (text[at + 1] < low || text[at + 1] > high) return false;
    for (std::size_t k = 2; k <= more; ++k) {
      if ((text[at + k] & 0xC0) != 0x80) return false;
    }
    at += more + 1;
  }
  return true;
}

PacketResult OscReader::Head(std::string_view address, std::string_view& tags) noexcept {
  const PacketResult sized = CheckOscSize(size_);
  if (sized != PacketResult::Ok) return sized;
  std::string_view found;
  PacketResult result = Text(found);
  if (result != PacketResult::Ok) return result;
  if (found != address) return PacketResult::OtherAddress;
  result = Text(tags);
  if (result != PacketResult::Ok) return result;
  if (tags.empty() || tags.front() != ',') return PacketResult::BadTypeTags;
  tags.remove_prefix(1);
  return PacketResult::Ok;
}

PacketResult OscReader::Text(std::string_view& text) noexcept {
  if (at_ >= size_) return PacketResult::BadString;
  const std::uint8_t* begin = data_ + at_;
  const void* found = std::memchr(begin, 0, size_ - at_);
  if (found == nullptr) return PacketResult::BadString;
  const std::size_t length = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - begin);
  // The size of the packet and this place are multiples of four, so the padding lies inside.
  const std::size_t padded = (length + 4) & ~std::size_t{3};
  for (std::size_t k = length; k < padded; ++k) {
    if (begin[k] != 0) return PacketResult::BadString;
  }
  if (!IsUtf8(begin, length)) return PacketResult::BadString;
  text = std::string_view(reinterpret_cast<const char*>(begin), length);
  at_ += padded;
  return PacketResult::Ok;
}

PacketResult OscReader::Word(std::uint32_t& value) noexcept {
  if (size_ - at_ < 4) return PacketResult::Truncated;
  value = ReadBig32(data_ + at_);
  at_ += 4;
  return PacketResult::Ok;
}

PacketResult OscReader::Int(std::int32_t& value) noexcept {
  std::uint32_t bits = 0;
  const PacketResult result = Word(bits);
  value = SignedOf(bits);
  return result;
}

PacketResult OscReader::Long(std::int64_t& value) noexcept {
  if (size_ - at_ < 8) return PacketResult::Truncated;
  value = SignedOf(ReadBig64(data_ + at_));
  at_ += 8;
  return PacketResult::Ok;
}

PacketResult OscReader::Blob(const std::uint8_t*& bytes, std::size_t& size) noexcept {
  std::uint32_t length = 0;
  const PacketResult result = Word(length);
  if (result != PacketResult::Ok) return result;
  if (length > size_ - at_) return PacketResult::Truncated;
  // Size of the packet and place are multiples of four, so the padding lies inside.
  const std::size_t padded = (std::size_t{length} + 3) & ~std::size_t{3};
  for (std::size_t k = length; k < padded; ++k) {
    if (data_[at_ + k] != 0) return PacketResult::BadString;
  }
  bytes = data_ + at_;
  size = length;
  at_ += padded;
  return PacketResult::Ok;
}

PacketResult OscReader::Rest(std::size_t size, const std::uint8_t*& bytes) noexcept {
  if (size_ - at_ < size) return PacketResult::Truncated;
  if (size_ - at_ > size) return PacketResult::TrailingBytes;
  bytes = data_ + at_;
  at_ = size_;
  return PacketResult::Ok;
}

bool OscBundleReader::LooksLikeBundle(const std::uint8_t* data, std::size_t size) noexcept {
  return size >= sizeof kBundleName && std::memcmp(data, kBundleName, sizeof kBundleName) == 0;
}

PacketResult OscBundleReader::Begin() noexcept {
  const PacketResult sized = CheckOscSize(size_);
  if (sized != PacketResult::Ok) return sized;
  if (!LooksLikeBundle(data_, size_)) return PacketResult::OtherAddress;
  if (size_ < kBundleHead) return PacketResult::Truncated;
  at_ = kBundleHead;
  return PacketResult::Ok;
}

PacketResult OscBundleReader::Next(const std::uint8_t*& element, std::size_t& size, bool& end) noexcept {
  end = at_ >= size_;
  if (end) return PacketResult::Ok;
  if (size_ - at_ < 4) return PacketResult::Truncated;
  const std::uint32_t length = ReadBig32(data_ + at_);
  at_ += 4;
  if (length == 0 || length % 4 != 0) return PacketResult::NotWords;
  if (length > size_ - at_) return PacketResult::Truncated;
  element = data_ + at_;
  size = length;
  at_ += length;
  return PacketResult::Ok;
}

}  // namespace cstalk

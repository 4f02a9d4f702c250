// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>

#include "Bytes.h"
#include "cstalk/OscReader.h"

// Arguments as messages of this protocol use them: texts of limited size, finite numbers within bounds.
namespace cstalk {

// Copy a text of `least` to Size - 1 bytes, zero-ended.
template <std::size_t Size>
PacketResult ReadText(OscReader& reader, char (&out)[Size], std::size_t least = 1) noexcept {
  std::string_view text;
  const PacketResult result = reader.Text(text);
  if (result != PacketResult::Ok) return result;
  if (text.size() < least || text.size() >= Size) return PacketResult::OutOfRange;
  if (!text.empty()) std::memcpy(out, text.data(), text.size());
  out[text.size()] = '\0';
  return PacketResult::Ok;
}

// A float between `low` and `high`.
inline PacketResult ReadFloat(OscReader& reader, float low, float high, float& value) noexcept {
  std::uint32_t bits = 0;
  const PacketResult result = reader.Word(bits);
  if (result != PacketResult::Ok) return result;
  if (!IsFiniteBits(bits)) return PacketResult::NotFinite;
  value = FloatOf(bits);
  return value >= low && value <= high ? PacketResult::Ok : PacketResult::OutOfRange;
}

inline PacketResult ReadVersion(OscReader& reader) noexcept {
  std::uint32_t version = 0;
  const PacketResult result = reader.Word(version);
  if (result != PacketResult::Ok) return result;
  return version == kProtocolVersion ? PacketResult::Ok : PacketResult::OtherProtocol;
}

}  // namespace cstalk

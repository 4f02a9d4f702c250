// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"
#include "cstalk/OscReader.h"
#include "cstalk/Protocol.h"

// /cstalk/schema: the names of a frame's values, in numbered chunks.
namespace cstalk {

// One chunk. The names stay in the packet: read them one after the other while it lives.
class SchemaChunk {
 public:
  std::uint32_t schemaHash = 0;
  std::uint32_t index = 0;  // 0..count - 1
  std::uint32_t count = 0;  // 1..255
  std::uint32_t first = 0;  // place of the first name in the list
  std::uint32_t names = 0;  // >= 1

  // Name `first + k` on the k-th call; false when there is none left.
  CSTALK_API bool NextName(std::string_view& name) noexcept;

 private:
  friend CSTALK_API PacketResult DecodeSchema(const std::uint8_t* data, std::size_t size, SchemaChunk& chunk) noexcept;

  OscReader reader_{nullptr, 0};
  std::uint32_t left_ = 0;
};

// Read a datagram. `chunk` is complete on Ok and undefined otherwise.
CSTALK_API PacketResult DecodeSchema(const std::uint8_t* data, std::size_t size, SchemaChunk& chunk) noexcept;

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"

// OSC 1.0 bytes into a buffer of the caller. One that is too small makes Size() 0; nothing is written beyond it.
namespace cstalk {

class OscWriter {
 public:
  OscWriter(std::uint8_t* out, std::size_t capacity) noexcept : out_(out), capacity_(capacity) {}

  // A string, which must hold no zero.
  CSTALK_API void Text(std::string_view text) noexcept;

  // Type tags: a comma, `head`, then `count` times `run`.
  CSTALK_API void TagsWithRun(std::string_view head, char run, std::size_t count) noexcept;

  CSTALK_API void Word(std::uint32_t value) noexcept;
  void Int(std::int32_t value) noexcept { Word(static_cast<std::uint32_t>(value)); }
  CSTALK_API void Long(std::int64_t value) noexcept;
  CSTALK_API void Float(float value) noexcept;
  CSTALK_API void Blob(const std::uint8_t* bytes, std::size_t size) noexcept;

  // Bytes of the message, a multiple of four; 0 when it did not fit.
  std::size_t Size() const noexcept { return full_ ? 0 : size_; }

 private:
  bool Room(std::size_t bytes) noexcept;
  void Pad() noexcept;

  std::uint8_t* out_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  bool full_ = false;
};

}  // namespace cstalk

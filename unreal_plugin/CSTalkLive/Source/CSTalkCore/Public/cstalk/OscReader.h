// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"

// Strict, bounded reading of OSC 1.0 (Wright, CNMAT, 2002). Views point into the packet; nothing is copied.
namespace cstalk {

// A place in one message that moves forward over its arguments. After a failure the place is undefined: stop reading.
class OscReader {
 public:
  // The whole datagram; it must outlive the reader and every view taken from it.
  OscReader(const std::uint8_t* data, std::size_t size) noexcept : data_(data), size_(size) {}

  // Address and type tags (without their comma). Checks the size of the datagram too.
  CSTALK_API PacketResult Head(std::string_view address, std::string_view& tags) noexcept;

  // A string: ended by a zero, padded with zeros to a multiple of four, UTF-8.
  CSTALK_API PacketResult Text(std::string_view& text) noexcept;

  CSTALK_API PacketResult Word(std::uint32_t& value) noexcept;
  CSTALK_API PacketResult Int(std::int32_t& value) noexcept;
  CSTALK_API PacketResult Long(std::int64_t& value) noexcept;

  // A blob: its size, its bytes, zeros up to a multiple of four.
  CSTALK_API PacketResult Blob(const std::uint8_t*& bytes, std::size_t& size) noexcept;

  // Bytes read so far.
  std::size_t At() const noexcept { return at_; }

  // All that is left, which must be exactly `size` bytes.
  CSTALK_API PacketResult Rest(std::size_t size, const std::uint8_t*& bytes) noexcept;

  // Ok when everything has been read.
  PacketResult End() const noexcept { return at_ == size_ ? PacketResult::Ok : PacketResult::TrailingBytes; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

// The elements of a bundle, one after the other. Bundles inside bundles are handed out as they are; who reads
// messages refuses them by their address, so depth is bounded to one.
class OscBundleReader {
 public:
  OscBundleReader(const std::uint8_t* data, std::size_t size) noexcept : data_(data), size_(size) {}

  // Whether the datagram says that it is a bundle.
  CSTALK_API static bool LooksLikeBundle(const std::uint8_t* data, std::size_t size) noexcept;

  // Checks size and head; call it first.
  CSTALK_API PacketResult Begin() noexcept;

  // The next element; `end` becomes true, and the element stays as it is, when there is none.
  CSTALK_API PacketResult Next(const std::uint8_t*& element, std::size_t& size, bool& end) noexcept;

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
CSTALK_API bool IsUtf8(const std::uint8_t* text, std::size_t size) noexcept;

}  // namespace cstalk

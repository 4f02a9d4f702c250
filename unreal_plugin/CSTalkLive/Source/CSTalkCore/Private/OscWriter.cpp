// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/OscWriter.h"

#include <cstring>

#include "Bytes.h"

namespace cstalk {

bool OscWriter::Room(std::size_t bytes) noexcept {
  if (full_ || bytes > capacity_ - size_) {
    full_ = true;
    return false;
  }
  return true;
}

void OscWriter::Pad() noexcept {
  // At least one zero ends a string.
  const std::size_t zeros = 4 - size_ % 4;
  if (!Room(zeros)) return;
  std::memset(out_ + size_, 0, zeros);
  size_ += zeros;
}

void OscWriter::Text(std::string_view text) noexcept {
  if (!Room(text.size())) return;
  if (!text.empty()) std::memcpy(out_ + size_, text.data(), text.size());
  size_ += text.size();
  Pad();
}

void OscWriter::TagsWithRun(std::string_view head, char run, std::size_t count) noexcept {
  if (!Room(1 + head.size() + count)) return;
  out_[size_++] = static_cast<std::uint8_t>(',');
  if (!head.empty()) std::memcpy(out_ + size_, head.data(), head.size());
  size_ += head.size();
  if (count > 0) std::memset(out_ + size_, run, count);
  size_ += count;
  Pad();
}

void OscWriter::Word(std::uint32_t value) noexcept {
  if (!Room(4)) return;
  WriteBig32(out_ + size_, value);
  size_ += 4;
}

void OscWriter::Long(std::int64_t value) noexcept {
  if (!Room(8)) return;
  WriteBig64(out_ + size_, static_cast<std::uint64_t>(value));
  size_ += 8;
}

void OscWriter::Float(float value) noexcept { Word(BitsOf(value)); }

void OscWriter::Blob(const std::uint8_t* bytes, std::size_t size) noexcept {
  const std::size_t padded = (size + 3) & ~std::size_t{3};
  if (size > capacity_ || !Room(4 + padded)) {
    full_ = true;
    return;
  }
  Word(static_cast<std::uint32_t>(size));
  std::memset(out_ + size_, 0, padded);
  if (size > 0) std::memcpy(out_ + size_, bytes, size);
  size_ += padded;
}

}  // namespace cstalk

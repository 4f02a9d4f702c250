// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Schema.h"

namespace cstalk {

namespace {

char LowerAscii(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool SameName(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  for (std::size_t k = 0; k < left.size(); ++k) {
    if (LowerAscii(left[k]) != LowerAscii(right[k])) return false;
  }
  return true;
}

}  // namespace

const Schema* FindSchema(std::uint32_t hash) noexcept {
  if (hash == RawSchema().hash) return &RawSchema();
  if (hash == BoardSchema().hash) return &BoardSchema();
  return nullptr;
}

std::int32_t FindControl(const Schema& schema, std::string_view name) noexcept {
  for (std::uint32_t k = 0; k < schema.size; ++k) {
    if (SameName(schema.names[k], name)) return static_cast<std::int32_t>(k);
  }
  return -1;
}

std::uint32_t HashNames(const char* const* names, std::uint32_t count) noexcept {
  std::uint32_t hash = 2166136261u;
  const auto mix = [&hash](char letter) { hash = (hash ^ static_cast<std::uint8_t>(letter)) * 16777619u; };
  for (std::uint32_t k = 0; k < count; ++k) {
    for (const char* letter = names[k]; *letter != '\0'; ++letter) mix(*letter);
    mix('\n');
  }
  return hash;
}

std::uint32_t ClampValues(const Schema& schema, float* values) noexcept {
  std::uint32_t clamped = 0;
  for (std::uint32_t k = 0; k < schema.size; ++k) {
    const ControlRange& range = schema.ranges[k];
    if (values[k] < range.low) {
      values[k] = range.low;
      ++clamped;
    } else if (values[k] > range.high) {
      values[k] = range.high;
      ++clamped;
    }
  }
  return clamped;
}

}  // namespace cstalk

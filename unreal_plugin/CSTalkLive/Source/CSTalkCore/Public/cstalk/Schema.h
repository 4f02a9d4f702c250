// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"

// The names of the values, built in. The tables are made from the Python program's own by tests/unreal/make_schema.py.
namespace cstalk {

struct ControlRange {
  float low;
  float high;
  float neutral;  // the face at rest
  bool step;      // a switch or a version: never interpolated
};

// An ordered list of named values.
struct Schema {
  const char* name;  // raw or board
  std::uint32_t hash;
  std::uint32_t size;
  const char* const* names;
  const ControlRange* ranges;
};

// Layout raw: 251 curves, then HeadControlSwitch, HeadRoll, HeadPitch, HeadYaw, HeadTranslationX/Y/Z, MHFDSVersion,
// DisableFaceOverride: the shape of Epic's own MetaHuman Live Link subjects, in their order.
CSTALK_API const Schema& RawSchema() noexcept;

// Layout board: 185 sliders of the face control board.
CSTALK_API const Schema& BoardSchema() noexcept;

// The built-in layout with this hash; null when there is none.
CSTALK_API const Schema* FindSchema(std::uint32_t hash) noexcept;

// Place of a name in a layout without regard to (ASCII) case, as FName compares; -1 when it is not there.
CSTALK_API std::int32_t FindControl(const Schema& schema, std::string_view name) noexcept;

// 32-bit FNV-1a over every name followed by one line feed.
CSTALK_API std::uint32_t HashNames(const char* const* names, std::uint32_t count) noexcept;

// Limit `values` (schema.size of them, finite) to their ranges; returns how many had to be.
CSTALK_API std::uint32_t ClampValues(const Schema& schema, float* values) noexcept;

}  // namespace cstalk

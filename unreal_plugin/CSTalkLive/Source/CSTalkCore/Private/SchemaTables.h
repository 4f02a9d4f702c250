// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/BoardMap.h"

// What SchemaTables.cpp, a generated file, gives beside the two schemas.
namespace cstalk {

struct BoardPieces {
  const BoardPiece* pieces;  // in the order in which they count
  std::uint32_t count;
};

BoardPieces BoardPieceTable() noexcept;

// Sliders of an eye and those of CTRL_C_eye that are added to them.
struct EyePair {
  std::uint16_t eye;
  std::uint16_t centre;
};

struct EyePairs {
  const EyePair* pairs;
  std::uint32_t count;
};

EyePairs EyePairTable() noexcept;

}  // namespace cstalk

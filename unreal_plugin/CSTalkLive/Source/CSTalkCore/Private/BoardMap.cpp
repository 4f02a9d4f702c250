// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/BoardMap.h"

#include <cstring>

#include "SchemaTables.h"
#include "cstalk/Schema.h"

namespace cstalk {

namespace {

float LimitTo(float value, float low, float high) noexcept { return value < low ? low : (value > high ? high : value); }

}  // namespace

void BoardToProperties(const float* board, float* properties) noexcept {
  float sliders[kBoardCount];
  std::memcpy(sliders, board, sizeof sliders);
  const EyePairs eyes = EyePairTable();
  for (std::uint32_t k = 0; k < eyes.count; ++k) {
    const EyePair& pair = eyes.pairs[k];
    sliders[pair.eye] = LimitTo(board[pair.eye] + board[pair.centre], -1.0f, 1.0f);
  }
  bool found[kRawCurveCount] = {};
  for (std::uint32_t k = 0; k < kRawCurveCount; ++k) properties[k] = 0.0f;
  const BoardPieces table = BoardPieceTable();
  for (std::uint32_t k = 0; k < table.count; ++k) {
    const BoardPiece& piece = table.pieces[k];
    const float slider = sliders[piece.slider];
    if (found[piece.raw] || slider < piece.low || slider > piece.high) continue;
    found[piece.raw] = true;
    properties[piece.raw] = LimitTo(slider * piece.slope + piece.cut, 0.0f, 1.0f);
  }
  for (std::uint32_t k = kRawCurveCount; k < kPropertyCount; ++k) properties[k] = RawSchema().ranges[k].neutral;
}

}  // namespace cstalk

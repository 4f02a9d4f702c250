// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"

// Board sliders to raw curves, for senders of layout board. The rule is RigLogic's: a curve is 0 unless one of its
// linear pieces contains the slider's value, boundaries included; of two that share a boundary the first counts; the
// result is limited to 0..1. CTRL_C_eye is added to the sliders of both eyes.
namespace cstalk {

// raw = slope * slider + cut where low <= slider <= high.
struct BoardPiece {
  std::uint16_t raw;
  std::uint16_t slider;
  float low;
  float high;
  float slope;
  float cut;
};

// Write 260 properties from 185 sliders, which must lie in their ranges (ClampValues). The nine extras, which a board
// does not carry, are neutral.
CSTALK_API void BoardToProperties(const float* board, float* properties) noexcept;

}  // namespace cstalk

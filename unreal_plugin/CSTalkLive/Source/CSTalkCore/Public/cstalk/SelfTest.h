// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/FaceStream.h"
#include "cstalk/FrameCodec.h"
#include "cstalk/Receiver.h"
#include "cstalk/Sampler.h"

// What can be tried inside somebody's engine without a network or a face: one line per check.
namespace cstalk {

struct SelfTestLine {
  const char* name = nullptr;
  bool passed = false;
};

inline constexpr std::uint32_t kSelfTests = 6;

// Runs them all: tables, packets, damage, order, pose, signature. Large (200 KB): allocate it, use it once.
class SelfTest {
 public:
  SelfTest() noexcept : stream_(receiver_) {}
  SelfTest(const SelfTest&) = delete;
  SelfTest& operator=(const SelfTest&) = delete;

  // Returns how many failed. Takes some milliseconds.
  CSTALK_API std::uint32_t Run(SelfTestLine (&lines)[kSelfTests]) noexcept;

 private:
  std::size_t MakePacket(std::uint32_t sequence) noexcept;
  bool PacketsKeepTheirMeaning() noexcept;
  bool DamageIsRefused() noexcept;
  bool OrderIsKept() noexcept;
  bool PoseIsShown() noexcept;

  Receiver receiver_;
  FaceStream stream_;
  Sampler sampler_;
  FramePacket sent_;
  FramePacket read_;
  std::uint8_t bytes_[kMaxDatagram] = {};
};

}  // namespace cstalk

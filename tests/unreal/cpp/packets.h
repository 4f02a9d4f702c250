// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "cstalk/CommandCodec.h"
#include "cstalk/EmotionCodec.h"
#include "cstalk/FrameCodec.h"
#include "cstalk/HeartbeatCodec.h"
#include "cstalk/HelloCodec.h"
#include "cstalk/OtherFormats.h"
#include "cstalk/SchemaCodec.h"

// The golden packets, which the Python program shares.
struct Golden {
  std::string file;
  std::string decoder;
  bool accepted = false;
  std::vector<std::uint8_t> bytes;
};

std::vector<std::uint8_t> ReadFile(const std::string& path);
std::vector<Golden> ReadGolden(const std::string& folder);

// The shared key of command_signed.bin.
inline constexpr std::string_view kGoldenKey = "golden key";

// decoder: as in manifest.csv.
cstalk::PacketResult DecodeAs(const std::string& decoder, const std::uint8_t* data, std::size_t size);

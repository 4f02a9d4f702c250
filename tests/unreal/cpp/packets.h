// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "cstalk/FrameCodec.h"
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

// decoder: frame, hello, schema, livelink or bundle, as in manifest.csv.
cstalk::PacketResult DecodeAs(const std::string& decoder, const std::uint8_t* data, std::size_t size);

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>

#include "Containers/Array.h"
#include "Containers/UnrealString.h"

struct FFileHelper {
  static bool SaveArrayToFile(const TArray<uint8>& Array, const TCHAR* Filename) {
    std::FILE* File = std::fopen(ShimText::ToUtf8(Filename).c_str(), "wb");
    if (File == nullptr) return false;
    const std::size_t Written = std::fwrite(Array.GetData(), 1, static_cast<std::size_t>(Array.Num()), File);
    return (std::fclose(File) == 0) && Written == static_cast<std::size_t>(Array.Num());
  }
};

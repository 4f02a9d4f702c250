// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"

class FTCHARToUTF8 {
 public:
  explicit FTCHARToUTF8(const TCHAR* Text) : Data(ShimText::ToUtf8(Text)) {}
  const ANSICHAR* Get() const { return Data.c_str(); }
  int32 Length() const { return static_cast<int32>(Data.size()); }
 private:
  std::string Data;
};
struct ShimWide {
  explicit ShimWide(const char* Text) : ShimData(ShimText::FromUtf8(Text)) {}
  std::wstring ShimData;
};
// The result lives to the end of the full expression, as the engine's does.
#define UTF8_TO_TCHAR(str) (ShimWide(str).ShimData.c_str())

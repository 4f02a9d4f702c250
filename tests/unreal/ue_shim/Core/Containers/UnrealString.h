// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdarg>
#include <string>
#include "CoreTypes.h"

namespace ShimText {
std::wstring FromUtf8(const char* Text);
std::string ToUtf8(const std::wstring& Text);
std::wstring FormatV(const wchar_t* Format, va_list Arguments);
}

class FString {
 public:
  FString() = default;
  FString(const TCHAR* Text) : Data(Text) {}
  static FString Printf(const TCHAR* Format, ...) {
    va_list Arguments;
    va_start(Arguments, Format);
    FString Result;
    Result.Data = ShimText::FormatV(Format, Arguments);
    va_end(Arguments);
    return Result;
  }
  template <typename Range> static FString Join(const Range& Items, const TCHAR* Separator) {
    FString Result;
    bool First = true;
    for (const FString& Item : Items) { if (!First) Result.Data += Separator; Result.Data += Item.Data; First = false; }
    return Result;
  }
  const TCHAR* operator*() const { return Data.c_str(); }
  bool IsEmpty() const { return Data.empty(); }
  void Reset(int32 NewReservedSize = 0) { Data.clear(); static_cast<void>(NewReservedSize); }
  FString Replace(const TCHAR* From, const TCHAR* To) const {
    const std::wstring Old(From), New(To);
    FString Result = *this;
    for (std::size_t At = 0; (At = Result.Data.find(Old, At)) != std::wstring::npos; At += New.size()) Result.Data.replace(At, Old.size(), New);
    return Result;
  }
  bool Contains(const TCHAR* SubStr) const { return Data.find(SubStr) != std::wstring::npos; }
  FString& operator+=(const FString& Other) { Data += Other.Data; return *this; }
  FString& operator+=(const TCHAR* Other) { Data += Other; return *this; }
  bool operator==(const FString& Other) const { return Data == Other.Data; }
  bool operator!=(const FString& Other) const { return Data != Other.Data; }
  std::string ShimUtf8() const { return ShimText::ToUtf8(Data); }
 private:
  std::wstring Data;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"

struct FNumberFormattingOptions {
  FNumberFormattingOptions& SetMinimumFractionalDigits(int32 InValue) { MinimumFractionalDigits = InValue; return *this; }
  FNumberFormattingOptions& SetMaximumFractionalDigits(int32 InValue) { MaximumFractionalDigits = InValue; return *this; }
  int32 MinimumFractionalDigits = 0;
  int32 MaximumFractionalDigits = 3;
};

class FText {
 public:
  // "{0}" and so on; the engine takes numbers and other things beside texts.
  template <typename... A> static FText Format(const FText& Pattern, const A&... Arguments) {
    FString Result = Pattern.Data;
    int32 Place = 0;
    ((Result = Result.Replace(*FString::Printf(TEXT("{%d}"), Place++), *Arguments.ToString())), ...);
    return FromString(Result);
  }
  static FText AsNumber(double Val, const FNumberFormattingOptions* const Options = nullptr) { return FromString(FString::Printf(TEXT("%.*f"), Options != nullptr ? Options->MaximumFractionalDigits : 3, Val)); }
  static FText AsNumber(int64 Val, const FNumberFormattingOptions* const Options = nullptr) { static_cast<void>(Options); return FromString(FString::Printf(TEXT("%lld"), Val)); }
  static FText AsNumber(int32 Val, const FNumberFormattingOptions* const Options = nullptr) { return AsNumber(static_cast<int64>(Val), Options); }
  bool IsEmpty() const { return Data.IsEmpty(); }
  static FText FromString(const FString& String) { FText Result; Result.Data = String; return Result; }
  static const FText& GetEmpty() { static const FText Empty; return Empty; }
  const FString& ToString() const { return Data; }
 private:
  FString Data;
};
#define NSLOCTEXT(InNamespace, InKey, InTextLiteral) FText::FromString(FString(TEXT(InTextLiteral)))
#define LOCTEXT(InKey, InTextLiteral) NSLOCTEXT(LOCTEXT_NAMESPACE, InKey, InTextLiteral)

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"

// Equal without regard to case; remembers how it was first written.
enum EName : uint32 { NAME_None = 0 };
class FName {
 public:
  FName() = default;
  FName(EName) {}
  FName(const TCHAR* Name);
  FString ToString() const;
  bool IsNone() const { return Index == 0; }
  bool operator==(const FName& Other) const { return Index == Other.Index; }
  bool operator!=(const FName& Other) const { return Index != Other.Index; }
  bool operator<(const FName& Other) const { return Index < Other.Index; }
 private:
  int32 Index = 0;
};

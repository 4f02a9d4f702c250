// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/Class.h"

template <typename T>
class TSubclassOf {
 public:
  TSubclassOf() = default;
  TSubclassOf(UClass* In) : Data(In) {}
  UClass* Get() const { return Data; }
  operator UClass*() const { return Data; }
 private:
  UClass* Data = nullptr;
};

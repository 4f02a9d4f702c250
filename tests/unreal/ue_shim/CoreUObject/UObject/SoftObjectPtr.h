// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/Class.h"

template <typename T>
class TSoftClassPtr {
 public:
  UClass* LoadSynchronous() const { return Data; }
  TSoftClassPtr& operator=(UClass* In) { Data = In; return *this; }
 private:
  UClass* Data = nullptr;
};

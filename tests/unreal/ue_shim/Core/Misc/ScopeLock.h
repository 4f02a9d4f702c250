// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "HAL/CriticalSection.h"

class FScopeLock {
 public:
  explicit FScopeLock(FCriticalSection* In) : Held(In) { Held->Lock(); }
  ~FScopeLock() { Held->Unlock(); }
  FScopeLock(const FScopeLock&) = delete;
  FScopeLock& operator=(const FScopeLock&) = delete;
 private:
  FCriticalSection* Held;
};

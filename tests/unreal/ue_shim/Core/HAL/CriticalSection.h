// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

class FCriticalSection {
 public:
  void Lock() { Mutex.lock(); }
  bool TryLock() { return Mutex.try_lock(); }
  void Unlock() { Mutex.unlock(); }
 private:
  std::recursive_mutex Mutex;
};

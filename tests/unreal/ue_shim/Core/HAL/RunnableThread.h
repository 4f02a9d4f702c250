// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <thread>
#include "HAL/PlatformAffinity.h"
#include "HAL/Runnable.h"

class FRunnableThread {
 public:
  static FRunnableThread* Create(FRunnable* InRunnable, const TCHAR* ThreadName, uint32 InStackSize = 0, EThreadPriority InThreadPri = TPri_Normal);
  void WaitForCompletion() { if (Thread.joinable()) Thread.join(); }
  ~FRunnableThread() { WaitForCompletion(); }
  explicit FRunnableThread(std::thread In) : Thread(static_cast<std::thread&&>(In)) {}
 private:
  std::thread Thread;
};

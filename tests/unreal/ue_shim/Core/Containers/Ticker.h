// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>
#include "Delegates/Delegate.h"

using FTickerDelegate = TDelegate<bool(float)>;
class FTSTicker {
 public:
  using FDelegateHandle = ::FDelegateHandle;
  static FTSTicker& GetCoreTicker() { static FTSTicker Ticker; return Ticker; }
  FDelegateHandle AddTicker(const FTickerDelegate& InDelegate, float InDelay = 0.0f) {
    static_cast<void>(InDelay);
    FDelegateHandle Handle;
    Handle.Id = ++Last;
    Elements.emplace_back(Handle.Id, InDelegate);
    return Handle;
  }
  static void RemoveTicker(FDelegateHandle Handle) {
    auto& Elements = GetCoreTicker().Elements;
    for (auto It = Elements.begin(); It != Elements.end(); ++It) if (It->first == Handle.Id) { Elements.erase(It); return; }
  }
  void Tick(float DeltaTime) { const auto Copy = Elements; for (const auto& Element : Copy) Element.second.Execute(DeltaTime); }
 private:
  uint64 Last = 0;
  std::vector<std::pair<uint64, FTickerDelegate>> Elements;
};

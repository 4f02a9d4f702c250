// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Widgets/DeclarativeSyntaxSupport.h"

class FSlateApplication {
 public:
  static bool IsInitialized() { return ShimInitialized; }
  static FSlateApplication& Get() { static FSlateApplication One; return One; }
  const void* FindBestParentWindowHandleForDialogs(const TSharedPtr<SWidget>& InWidget) { static_cast<void>(InWidget); return nullptr; }
  static inline bool ShimInitialized = true;
};

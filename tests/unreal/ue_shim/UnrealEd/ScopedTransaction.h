// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Internationalization/Text.h"

// What may be undone in one go. Objects that change say so with Modify while one is open.
class FScopedTransaction {
 public:
  explicit FScopedTransaction(const FText& SessionName, const bool bShouldActuallyTransact = true) { static_cast<void>(SessionName); static_cast<void>(bShouldActuallyTransact); ++ShimOpen; }
  ~FScopedTransaction() { --ShimOpen; }
  FScopedTransaction(const FScopedTransaction&) = delete;
  FScopedTransaction& operator=(const FScopedTransaction&) = delete;
  static inline int ShimOpen = 0;
};

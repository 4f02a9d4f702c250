// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

class IDesktopPlatform;
class FDesktopPlatformModule {
 public:
  static IDesktopPlatform* Get() { return ShimPlatform; }
  static inline IDesktopPlatform* ShimPlatform = nullptr;
};

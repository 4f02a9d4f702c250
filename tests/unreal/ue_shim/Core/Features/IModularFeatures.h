// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/NameTypes.h"

class IModularFeature {
 public:
  virtual ~IModularFeature() = default;
};
class IModularFeatures {
 public:
  static IModularFeatures& Get() { static IModularFeatures Features; return Features; }
  bool IsModularFeatureAvailable(const FName Type) const { static_cast<void>(Type); return ShimFeature != nullptr; }
  template <typename T> T& GetModularFeature(const FName Type) { static_cast<void>(Type); return *static_cast<T*>(ShimFeature); }
  IModularFeature* ShimFeature = nullptr;
};

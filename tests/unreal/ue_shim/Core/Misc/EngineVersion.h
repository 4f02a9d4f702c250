// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"
#include "Misc/EngineVersionComparison.h"

enum class EVersionComponent { Major, Minor, Patch };
class FEngineVersion {
 public:
  static const FEngineVersion& Current() { static const FEngineVersion Version; return Version; }
  FString ToString(EVersionComponent LastComponent) const { static_cast<void>(LastComponent); return FString::Printf(TEXT("5.%d.0"), SHIM_UE_MINOR); }
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>
#include "Containers/Array.h"
#include "Containers/UnrealString.h"
#include "Delegates/Delegate.h"

using FConsoleCommandWithArgsDelegate = TDelegate<void(const TArray<FString>&)>;
class FAutoConsoleCommand {
 public:
  FAutoConsoleCommand(const TCHAR* Name, const TCHAR* Help, const FConsoleCommandWithArgsDelegate& Command) { static_cast<void>(Help); ShimCommands().emplace_back(Name, Command); }
  static std::vector<std::pair<std::wstring, FConsoleCommandWithArgsDelegate>>& ShimCommands() { static std::vector<std::pair<std::wstring, FConsoleCommandWithArgsDelegate>> All; return All; }
};

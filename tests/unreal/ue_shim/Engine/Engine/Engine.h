// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>
#include "UObject/Object.h"

class UWorld;
class UEngine : public UObject {
  SHIM_OBJECT(UEngine, UObject)
  virtual bool Exec(UWorld* InWorld, const TCHAR* Cmd) { static_cast<void>(InWorld); ShimCommands.push_back(Cmd); return ShimTakesCommands; }
  std::vector<std::wstring> ShimCommands;
  bool ShimTakesCommands = true;
  template <typename T> T* GetEngineSubsystem() const { static T* Subsystem = NewObject<T>(nullptr); return Subsystem; }
};
extern UEngine* GEngine;

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Engine/EngineTypes.h"
#include "UObject/Object.h"

class UWorld : public UObject {
  SHIM_OBJECT(UWorld, UObject)
  EWorldType::Type WorldType = EWorldType::Game;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/Object.h"

class USubsystem : public UObject {
  SHIM_OBJECT(USubsystem, UObject)
  virtual void Deinitialize() {}
};
class UEngineSubsystem : public USubsystem {
  SHIM_OBJECT(UEngineSubsystem, USubsystem)
};

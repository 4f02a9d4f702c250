// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/Object.h"

class UDeveloperSettings : public UObject {
  SHIM_OBJECT(UDeveloperSettings, UObject)
  virtual FName GetCategoryName() const { return FName(); }
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/Object.h"

struct FAnimInstanceProxy;
class UAnimInstance : public UObject {
  SHIM_OBJECT(UAnimInstance, UObject)
  FAnimInstanceProxy* ShimMakeProxy() { return CreateAnimInstanceProxy(); }
 protected:
  virtual FAnimInstanceProxy* CreateAnimInstanceProxy() { return nullptr; }
};

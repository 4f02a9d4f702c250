// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/Object.h"

class ULiveLinkFrameInterpolationProcessor : public UObject {
  SHIM_OBJECT(ULiveLinkFrameInterpolationProcessor, UObject)
};

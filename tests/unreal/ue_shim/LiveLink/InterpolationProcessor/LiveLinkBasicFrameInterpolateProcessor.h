// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "LiveLinkFrameInterpolationProcessor.h"

class ULiveLinkBasicFrameInterpolationProcessor : public ULiveLinkFrameInterpolationProcessor {
  SHIM_OBJECT(ULiveLinkBasicFrameInterpolationProcessor, ULiveLinkFrameInterpolationProcessor)
};

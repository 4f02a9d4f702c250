// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "LiveLinkFrameInterpolationProcessor.h"
#include "UObject/ObjectPtr.h"

class ULiveLinkSubjectSettings : public UObject {
  SHIM_OBJECT(ULiveLinkSubjectSettings, UObject)
  TObjectPtr<ULiveLinkFrameInterpolationProcessor> InterpolationProcessor;
};

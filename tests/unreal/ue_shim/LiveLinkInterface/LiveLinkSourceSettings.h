// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"
#include "Templates/SubclassOf.h"
#include "UObject/Object.h"

class ULiveLinkSourceFactory;
struct FLiveLinkSourceBufferManagementSettings {
  float EngineTimeOffset = 0.0f;
  int32 MaxNumberOfFrameToBuffered = 10;
};
class ULiveLinkSourceSettings : public UObject {
  SHIM_OBJECT(ULiveLinkSourceSettings, UObject)
  FLiveLinkSourceBufferManagementSettings BufferSettings;
  FString ConnectionString;
  TSubclassOf<ULiveLinkSourceFactory> Factory;
};

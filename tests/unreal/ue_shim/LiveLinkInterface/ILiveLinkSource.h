// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Internationalization/Text.h"
#include "Misc/EngineVersionComparison.h"
#include "Misc/Guid.h"
#include "Templates/SubclassOf.h"

class ILiveLinkClient;
class ULiveLinkSourceSettings;
struct FPropertyChangedEvent;
class ILiveLinkSource {
 public:
  virtual ~ILiveLinkSource() = default;
  virtual void ReceiveClient(ILiveLinkClient* InClient, FGuid InSourceGuid) = 0;
  virtual void InitializeSettings(ULiveLinkSourceSettings* Settings) { static_cast<void>(Settings); }
  virtual void Update() {}
  virtual bool CanBeDisplayedInUI() const { return true; }
  virtual bool IsSourceStillValid() const = 0;
  virtual bool RequestSourceShutdown() = 0;
  virtual FText GetSourceType() const = 0;
  virtual FText GetSourceMachineName() const = 0;
  virtual FText GetSourceStatus() const = 0;
  virtual TSubclassOf<ULiveLinkSourceSettings> GetSettingsClass() const { return nullptr; }
  virtual void OnSettingsChanged(ULiveLinkSourceSettings* Settings, const FPropertyChangedEvent& PropertyChangedEvent) { static_cast<void>(Settings); static_cast<void>(PropertyChangedEvent); }
#if SHIM_UE_MINOR >= 7
  virtual FText GetSourceToolTip() const { return FText(); }
#endif
};

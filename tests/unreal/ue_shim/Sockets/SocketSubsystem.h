// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Templates/SharedPointer.h"
#include "UObject/NameTypes.h"

class FInternetAddr;
class FSocket;
#define PLATFORM_SOCKETSUBSYSTEM FName(TEXT("SHIM"))
class ISocketSubsystem {
 public:
  static ISocketSubsystem* Get(const FName& SubsystemName) { static_cast<void>(SubsystemName); static ISocketSubsystem Subsystem; return &Subsystem; }
  TSharedRef<FInternetAddr> CreateInternetAddr();
  void DestroySocket(FSocket* Socket);
};

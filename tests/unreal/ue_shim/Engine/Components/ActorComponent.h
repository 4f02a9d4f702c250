// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Engine/EngineBaseTypes.h"
#include "Engine/EngineTypes.h"
#include "UObject/Object.h"

class AActor;
class UWorld;
class UActorComponent : public UObject {
  SHIM_OBJECT(UActorComponent, UObject)
  virtual void OnRegister() {}
  virtual void OnUnregister() {}
  virtual void BeginPlay() {}
  virtual void EndPlay(const EEndPlayReason::Type EndPlayReason) { static_cast<void>(EndPlayReason); }
  virtual void TickComponent(float DeltaTime, ELevelTick TickType, FActorComponentTickFunction* ThisTickFunction) { static_cast<void>(DeltaTime); static_cast<void>(TickType); static_cast<void>(ThisTickFunction); }
  void RegisterComponent() { ShimRegistered = true; OnRegister(); }
  bool ShimRegistered = false;
  AActor* GetOwner() const { return ShimOwner; }
  UWorld* GetWorld() const { return ShimWorld; }
  FActorComponentTickFunction PrimaryComponentTick;
  uint8 bTickInEditor : 1 = 0;
  AActor* ShimOwner = nullptr;
  UWorld* ShimWorld = nullptr;
};

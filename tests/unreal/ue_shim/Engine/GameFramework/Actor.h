// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/Array.h"
#include "Components/ActorComponent.h"
#include "UObject/Object.h"

class AActor : public UObject {
  SHIM_OBJECT(AActor, UObject)
  template <typename T> void GetComponents(TArray<T*>& OutComponents) const { for (UObject* One : ShimComponents) if (T* Found = Cast<T>(One)) OutComponents.Add(Found); }
  template <class T> T* FindComponentByClass() const { for (UObject* One : ShimComponents) if (T* Found = Cast<T>(One)) return Found; return nullptr; }
  void AddInstanceComponent(UActorComponent* Component) { Component->ShimOwner = this; Component->ShimWorld = ShimWorld; ShimComponents.Add(Component); }
  FString GetActorNameOrLabel() const { return GetName(); }
  UWorld* ShimWorld = nullptr;
  TArray<UObject*> ShimComponents;
};

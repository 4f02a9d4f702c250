// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/Array.h"
#include "UObject/Object.h"

class USelection : public UObject {
  SHIM_OBJECT(USelection, UObject)
  template <class T> int32 GetSelectedObjects(TArray<T*>& OutSelectedObjects) {
    OutSelectedObjects.Empty();
    for (UObject* One : ShimSelected) if (T* Found = Cast<T>(One)) OutSelectedObjects.Add(Found);
    return OutSelectedObjects.Num();
  }
  TArray<UObject*> ShimSelected;
};

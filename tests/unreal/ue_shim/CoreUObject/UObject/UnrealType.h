// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "UObject/Class.h"

struct FPropertyChangedEvent {};
class FProperty {
 public:
  virtual ~FProperty() = default;
  int32 ShimOffset = 0;
  template <typename T> T* ContainerPtrToValuePtr(void* ContainerPtr) const { return reinterpret_cast<T*>(static_cast<uint8*>(ContainerPtr) + ShimOffset); }
  virtual bool ShimIsStruct() const { return false; }
};
class FStructProperty : public FProperty {
 public:
  UScriptStruct* Struct = nullptr;
  virtual bool ShimIsStruct() const override { return true; }
};
template <typename T> T* FindFProperty(const UStruct* Owner, FName FieldName) {
  FProperty* ShimFound = Owner->FindPropertyByName(FieldName);
  return ShimFound != nullptr && ShimFound->ShimIsStruct() ? static_cast<T*>(ShimFound) : nullptr;
}

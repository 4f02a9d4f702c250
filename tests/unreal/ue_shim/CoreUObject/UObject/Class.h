// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include "UObject/NameTypes.h"

class UObject;
class FProperty;
class UStruct {
 public:
  UStruct(const TCHAR* InName, UStruct* InSuper) : ShimTypeName(InName), ShimSuper(InSuper) {}
  virtual ~UStruct() = default;
  bool IsChildOf(const UStruct* SomeBase) const { for (const UStruct* One = this; One != nullptr; One = One->ShimSuper) if (One == SomeBase) return true; return false; }
  FProperty* FindPropertyByName(FName InName) const {
    for (const UStruct* One = this; One != nullptr; One = One->ShimSuper) { const auto It = One->ShimProperties.find(InName); if (It != One->ShimProperties.end()) return It->second; }
    return nullptr;
  }
  FName ShimTypeName;
  UStruct* ShimSuper;
  std::map<FName, FProperty*> ShimProperties;
};
class UScriptStruct : public UStruct { public: using UStruct::UStruct; };
class UClass : public UStruct {
 public:
  UClass(const TCHAR* InName, UStruct* InSuper, UObject* (*InMake)()) : UStruct(InName, InSuper), ShimMake(InMake) {}
  UObject* (*ShimMake)();
};
class UFunction {
 public:
  uint8 NumParms = 0;
  std::function<void(UObject*)> ShimCall;
};

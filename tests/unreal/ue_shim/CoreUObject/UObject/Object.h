// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <type_traits>
#include "UObject/Class.h"
#include "UObject/ObjectMacros.h"

class UObject {
 public:
  virtual ~UObject() = default;
  using ThisClass = UObject;
  static UClass* StaticClass() { static UClass Class(TEXT("Object"), nullptr, nullptr); return &Class; }
  virtual UClass* GetClass() const { return StaticClass(); }
  FString GetName() const { return ShimName.ToString(); }
  FName GetFName() const { return ShimName; }
  UObject* GetOuter() const { return ShimOuter; }
  UFunction* FindFunction(FName InName) const { const auto It = ShimFunctions.find(InName); return It == ShimFunctions.end() ? nullptr : It->second; }
  virtual bool Modify(bool bAlwaysMarkDirty = true) { static_cast<void>(bAlwaysMarkDirty); ++ShimModified; return true; }
  virtual void ProcessEvent(UFunction* Function, void* Parms) { static_cast<void>(Parms); Function->ShimCall(this); }
  FName ShimName;
  UObject* ShimOuter = nullptr;
  int ShimModified = 0;
  std::map<FName, UFunction*> ShimFunctions;
};
// What the header tool's output and the shim's own classes say of themselves.
template <typename T> UObject* ShimMakeObject() { if constexpr (std::is_abstract_v<T>) { return nullptr; } else { return new T(); } }
#define SHIM_OBJECT(TClass, TSuper)                                                                                             \
 public:                                                                                                                        \
  using Super = TSuper;                                                                                                         \
  using ThisClass = TClass;                                                                                                     \
  static UClass* StaticClass() { static UClass Class(TEXT(#TClass), TSuper::StaticClass(), &ShimMakeObject<TClass>); return &Class; } \
  virtual UClass* GetClass() const override { return StaticClass(); }
template <typename T> T* Cast(UObject* Src) { return Src != nullptr && Src->GetClass()->IsChildOf(T::StaticClass()) ? static_cast<T*>(Src) : nullptr; }
template <typename T> T* CastChecked(UObject* Src) { T* Result = Cast<T>(Src); check(Result != nullptr); return Result; }
template <typename T> const T* GetDefault() { static const std::unique_ptr<const T> Default(new T()); return Default.get(); }
void ShimKeep(UObject* Object);
template <typename T> T* NewObject(UObject* Outer, FName Name = NAME_None, EObjectFlags Flags = RF_NoFlags) { T* Result = new T(); Result->ShimOuter = Outer; Result->ShimName = Name; static_cast<void>(Flags); ShimKeep(Result); return Result; }

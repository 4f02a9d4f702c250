// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"
#include "Templates/SharedPointer.h"

struct FPluginDescriptor { FString VersionName; };
class IPlugin {
 public:
  const FPluginDescriptor& GetDescriptor() const { return ShimDescriptor; }
  FPluginDescriptor ShimDescriptor;
};
class IPluginManager {
 public:
  static IPluginManager& Get() { static IPluginManager Manager; return Manager; }
  TSharedPtr<IPlugin> FindPlugin(const FString& Name) { TSharedRef<IPlugin> Plugin = MakeShared<IPlugin>(); Plugin->ShimDescriptor.VersionName = TEXT("0.1.0"); static_cast<void>(Name); return Plugin; }
};

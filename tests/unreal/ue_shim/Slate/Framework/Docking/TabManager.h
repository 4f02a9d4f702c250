// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include "Delegates/Delegate.h"
#include "Framework/Docking/WorkspaceItem.h"
#include "Internationalization/Text.h"
#include "UObject/NameTypes.h"

class SDockTab;
enum ETabRole : uint8 { MajorTab, PanelTab, NomadTab, DocumentTab, NumRoles };
class FSpawnTabArgs {};
typedef TDelegate<TSharedRef<SDockTab>(const FSpawnTabArgs&)> FOnSpawnTab;
struct FTabSpawnerEntry : public FWorkspaceItem {
  FTabSpawnerEntry& SetDisplayName(const FText& In) { ShimName = In; return *this; }
  FTabSpawnerEntry& SetTooltipText(const FText& In) { static_cast<void>(In); return *this; }
  FTabSpawnerEntry& SetGroup(const TSharedRef<FWorkspaceItem>& In) { ShimGroup = In; return *this; }
  FText ShimName;
  TSharedPtr<FWorkspaceItem> ShimGroup;
  FOnSpawnTab ShimSpawn;
};
class FGlobalTabmanager {
 public:
  static const TSharedRef<FGlobalTabmanager>& Get() { static const TSharedRef<FGlobalTabmanager> One = MakeShared<FGlobalTabmanager>(); return One; }
  FTabSpawnerEntry& RegisterNomadTabSpawner(const FName TabId, const FOnSpawnTab& OnSpawnTab) { FTabSpawnerEntry& Entry = ShimTabs[TabId]; Entry.ShimSpawn = OnSpawnTab; return Entry; }
  bool UnregisterNomadTabSpawner(const FName TabId) { return ShimTabs.erase(TabId) > 0; }
  std::map<FName, FTabSpawnerEntry> ShimTabs;
};

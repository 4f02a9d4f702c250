// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CoreMinimal.h"
#include "Framework/Application/SlateApplication.h"
#include "Framework/Docking/TabManager.h"
#include "Modules/ModuleInterface.h"
#include "Modules/ModuleManager.h"
#include "SCSTalkStatusTab.h"
#include "Widgets/Docking/SDockTab.h"
#include "WorkspaceMenuStructure.h"
#include "WorkspaceMenuStructureModule.h"

#define LOCTEXT_NAMESPACE "CSTalkLiveEditor"

/** Puts "CSTalk Live" into Window > Virtual Production. */
class FCSTalkLiveEditorModule final : public IModuleInterface
{
public:
	virtual void StartupModule() override
	{
		FGlobalTabmanager::Get()
			->RegisterNomadTabSpawner(GetTabName(), FOnSpawnTab::CreateStatic(&FCSTalkLiveEditorModule::SpawnTab))
			.SetDisplayName(LOCTEXT("TabTitle", "CSTalk Live"))
			.SetTooltipText(LOCTEXT("TabTooltip", "What CSTalk hears, which face takes it, and takes to import"))
			.SetGroup(WorkspaceMenu::GetMenuStructure().GetLevelEditorVirtualProductionCategory());
	}

	virtual void ShutdownModule() override
	{
		if (FSlateApplication::IsInitialized())
		{
			FGlobalTabmanager::Get()->UnregisterNomadTabSpawner(GetTabName());
		}
	}

private:
	static FName GetTabName()
	{
		return FName(TEXT("CSTalkLiveStatus"));
	}

	static TSharedRef<SDockTab> SpawnTab(const FSpawnTabArgs& Arguments)
	{
		return SNew(SDockTab)
			.TabRole(ETabRole::NomadTab)
			[
				SNew(SCSTalkStatusTab)
			];
	}
};

#undef LOCTEXT_NAMESPACE

IMPLEMENT_MODULE(FCSTalkLiveEditorModule, CSTalkLiveEditor)

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
using UnrealBuildTool;

// The editor's side: a status tab, "Bind selected MetaHuman" and the import of takes. Nothing that a level, a preset or
// a packaged game refers to by class.
public class CSTalkLiveEditor : ModuleRules
{
	public CSTalkLiveEditor(ReadOnlyTargetRules Target) : base(Target)
	{
		PCHUsage = PCHUsageMode.UseExplicitOrSharedPCHs;
		PrivateDependencyModuleNames.AddRange(new string[]
		{
			"Core",
			"CoreUObject",
			"CSTalkLive",
			"DesktopPlatform", // the dialog that chooses a take
			"Engine",
			"Slate",
			"SlateCore",
			"UnrealEd",
			"WorkspaceMenuStructure",
		});
	}
}

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
using UnrealBuildTool;

// The thin layer between the engine and CSTalkCore. Runtime: presets store the factory's class, and a factory in an
// editor module is missing from packaged games.
public class CSTalkLive : ModuleRules
{
	public CSTalkLive(ReadOnlyTargetRules Target) : base(Target)
	{
		PCHUsage = PCHUsageMode.UseExplicitOrSharedPCHs;
		PublicDependencyModuleNames.AddRange(new string[]
		{
			"Core",
			"CoreUObject",
			"CSTalkCore",
			"DeveloperSettings",
			"Engine",
			"LiveLinkInterface",
		});
		PrivateDependencyModuleNames.AddRange(new string[]
		{
			"AnimGraphRuntime", // FAnimNode_CopyPoseFromMesh
			"LiveLink", // ULiveLinkBasicFrameInterpolationProcessor
			"LiveLinkAnimationCore", // ULiveLinkInstance
			"Networking",
			"Projects", // the plugin's own version
			"Slate",
			"SlateCore",
			"Sockets",
		});
	}
}

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
using UnrealBuildTool;

// Plain C++17 with standard headers only: everything that can be wrong in thought, tested without an engine by
// tests/unreal. The engine sees it through CSTalkLive.
public class CSTalkCore : ModuleRules
{
	public CSTalkCore(ReadOnlyTargetRules Target) : base(Target)
	{
		// No shared header is forced in front of the core's files: they include what they need.
		PCHUsage = PCHUsageMode.NoPCHs;
		PrivateDependencyModuleNames.Add("Core"); // for CSTalkCoreModule.cpp alone
		if (Target.LinkType == TargetLinkType.Modular)
		{
			PublicDefinitions.Add("CSTALK_CORE_SHARED=1");
			PrivateDefinitions.Add("CSTALK_CORE_EXPORT=1");
		}
	}
}

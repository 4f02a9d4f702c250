// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkHub.h"
#include "CSTalkLog.h"
#include "CSTalkNames.h"
#include "Modules/ModuleManager.h"

DEFINE_LOG_CATEGORY(LogCSTalk);

class FCSTalkLiveModule final : public IModuleInterface
{
public:
	virtual void StartupModule() override
	{
		// The names are made here, so that no other thread is the first to ask for them.
		GetCSTalkPropertyNames();
		FCSTalkHub::Startup();
	}

	virtual void ShutdownModule() override
	{
		FCSTalkHub::Shutdown();
	}
};

IMPLEMENT_MODULE(FCSTalkLiveModule, CSTalkLive)

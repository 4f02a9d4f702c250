// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Misc/EngineVersionComparison.h"

// Everything that differs between the engine versions this plugin is written for (5.4 to 5.8), and nothing else.

#if UE_VERSION_OLDER_THAN(5, 4, 0)
#error "CSTalkLive is written for Unreal Engine 5.4 and later."
#endif

// Since 5.5 the flags of automation tests are an enum class with a free constant for the contexts.
#if UE_VERSION_OLDER_THAN(5, 5, 0)
#define CSTALK_TEST_FLAGS (EAutomationTestFlags::ApplicationContextMask | EAutomationTestFlags::EngineFilter)
#else
#define CSTALK_TEST_FLAGS (EAutomationTestFlags_ApplicationContextMask | EAutomationTestFlags::EngineFilter)
#endif

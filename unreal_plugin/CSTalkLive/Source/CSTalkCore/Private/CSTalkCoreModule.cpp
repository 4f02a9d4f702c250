// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// The one file of the core that knows the engine: it makes the folder a module. tests/unreal leaves it out.
#include "Modules/ModuleManager.h"

IMPLEMENT_MODULE(FDefaultModuleImpl, CSTalkCore)

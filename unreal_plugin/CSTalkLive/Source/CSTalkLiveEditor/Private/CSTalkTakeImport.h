// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"

/** Asks for a take's table and imports it for the selected MetaHuman. What became of it, in words. */
FText ImportCSTalkTake();

/** The console command that lets Content/Python/cstalk_import.py import a file. */
FString MakeCSTalkImportCommand(const FString& File);

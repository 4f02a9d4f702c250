// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"

/** The 260 properties of a MetaHuman Live Link subject, in order. Built on the first call, which belongs to the game thread. */
const TArray<FName>& GetCSTalkPropertyNames();

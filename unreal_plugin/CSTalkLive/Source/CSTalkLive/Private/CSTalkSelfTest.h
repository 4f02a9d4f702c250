// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"

/** Tries the core and a socket in this very engine; several lines of text. */
FString RunCSTalkSelfTest();

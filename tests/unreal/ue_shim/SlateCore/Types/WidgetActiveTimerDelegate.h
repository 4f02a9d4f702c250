// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "Delegates/Delegate.h"

enum class EActiveTimerReturnType : uint8;
typedef TDelegate<EActiveTimerReturnType(double, float)> FWidgetActiveTimerDelegate;

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreTypes.h"

enum class EActiveTimerReturnType : uint8 { Stop, Continue };

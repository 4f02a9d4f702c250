// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Stats/Stats.h"

// "stat cstalk".
DECLARE_STATS_GROUP(TEXT("cstalk"), STATGROUP_CSTalk, STATCAT_Advanced);
DECLARE_CYCLE_STAT_EXTERN(TEXT("Receive a packet"), STAT_CSTalkReceive, STATGROUP_CSTalk, );
DECLARE_CYCLE_STAT_EXTERN(TEXT("Push to Live Link"), STAT_CSTalkPush, STATGROUP_CSTalk, );
DECLARE_CYCLE_STAT_EXTERN(TEXT("Sample a pose"), STAT_CSTalkSample, STATGROUP_CSTalk, );
DECLARE_DWORD_ACCUMULATOR_STAT_EXTERN(TEXT("Frames received"), STAT_CSTalkFrames, STATGROUP_CSTalk, );
DECLARE_DWORD_ACCUMULATOR_STAT_EXTERN(TEXT("Frames missing"), STAT_CSTalkMissing, STATGROUP_CSTalk, );
DECLARE_DWORD_ACCUMULATOR_STAT_EXTERN(TEXT("Faces bound"), STAT_CSTalkFaces, STATGROUP_CSTalk, );

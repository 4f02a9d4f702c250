// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkCounters.h"

DEFINE_STAT(STAT_CSTalkReceive);
DEFINE_STAT(STAT_CSTalkPush);
DEFINE_STAT(STAT_CSTalkSample);
DEFINE_STAT(STAT_CSTalkFrames);
DEFINE_STAT(STAT_CSTalkMissing);
DEFINE_STAT(STAT_CSTalkFaces);

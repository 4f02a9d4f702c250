// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Widgets/SBoxPanel.h"

class SScrollBox : public SBoxPanel { public: struct FSlotArguments : public ShimSlotArguments<FSlotArguments> {}; static FSlotArguments Slot() { return FSlotArguments(); } };

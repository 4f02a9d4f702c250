// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"

struct FCSTalkStatus;

/** A line of the status tab. */
struct FCSTalkStatusRow
{
	FText Label;
	FText Value;

	/** Something the user should look at. */
	bool bWarning = false;
};

/** A receiver's status in words, always eight rows: connection, sender, voice, rate, delay, loss, names, faces. */
TArray<FCSTalkStatusRow> DescribeCSTalkStatus(const FCSTalkStatus& Status);

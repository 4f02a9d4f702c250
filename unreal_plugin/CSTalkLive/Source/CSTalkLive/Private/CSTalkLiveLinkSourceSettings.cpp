// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkLiveLinkSourceSettings.h"

UCSTalkLiveLinkSourceSettings::UCSTalkLiveLinkSourceSettings()
{
	// Half a second of frames.
	BufferSettings.MaxNumberOfFrameToBuffered = 30;
	// Beside the 25 ms that Live Link adds to a stream of 60 frames a second by itself: 35 ms for jitter in all.
	BufferSettings.EngineTimeOffset = 0.01f;
}

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkHub.h"
#include "cstalk/Sampler.h"

/** What one face shows of a receiver, when it is driven directly. Game thread. */
class FCSTalkFaceFeed
{
public:
	FCSTalkFaceFeed(const FCSTalkReceiverRef& InReceiver, float InDelaySeconds);

	void SetDelay(float DelaySeconds);

	/** The 260 properties to be shown now. */
	cstalk::SampleInfo Sample(float (&OutValues)[cstalk::kPropertyCount]);

	/** From the sound to the face. */
	int64 GetDelayUs() const;

private:
	const FCSTalkReceiverRef Receiver;
	cstalk::Sampler Sampler;
};

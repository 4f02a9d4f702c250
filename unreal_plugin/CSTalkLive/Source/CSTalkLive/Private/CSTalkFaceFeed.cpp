// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkFaceFeed.h"

#include "CSTalkCounters.h"
#include "HAL/PlatformTime.h"
#include "cstalk/Time.h"

FCSTalkFaceFeed::FCSTalkFaceFeed(const FCSTalkReceiverRef& InReceiver, float InDelaySeconds)
	: Receiver(InReceiver)
{
	SetDelay(InDelaySeconds);
}

void FCSTalkFaceFeed::SetDelay(float DelaySeconds)
{
	Sampler.SetDelay(cstalk::MicrosecondsOf(FMath::Clamp(DelaySeconds, 0.0f, 1.0f)));
}

cstalk::SampleInfo FCSTalkFaceFeed::Sample(float (&OutValues)[cstalk::kPropertyCount])
{
	SCOPE_CYCLE_COUNTER(STAT_CSTalkSample);
	// An anim instance asks in the middle of its update: nobody may be told of anything now.
	Receiver->TakeOver();
	const cstalk::FaceStream& Stream = Receiver->GetStream();
	const cstalk::SampleInfo Info = Sampler.Sample(Stream.Buffer(), cstalk::MicrosecondsOf(FPlatformTime::Seconds()), OutValues);
	if (Info.state == cstalk::SampleState::Live || Info.state == cstalk::SampleState::Held)
	{
		Receiver->GetReport().NoteApplied(Stream.Session(), Info.index);
		Receiver->GetReport().SetPoseDelay(GetDelayUs());
	}
	return Info;
}

int64 FCSTalkFaceFeed::GetDelayUs() const
{
	return Receiver->GetStream().EffectiveDelayUs(Sampler.Config());
}

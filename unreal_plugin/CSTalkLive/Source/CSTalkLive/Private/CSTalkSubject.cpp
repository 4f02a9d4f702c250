// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkSubject.h"

#include "CSTalkCounters.h"
#include "CSTalkNames.h"
#include "ILiveLinkClient.h"
#include "Misc/ScopeLock.h"
#include "Roles/LiveLinkBasicRole.h"
#include "Roles/LiveLinkBasicTypes.h"
#include "cstalk/Time.h"

FCSTalkSubject::FCSTalkSubject(ILiveLinkClient& InClient, const FLiveLinkSubjectKey& InKey)
	: Client(InClient)
	, Key(InKey)
{
	GetCSTalkPropertyNames();
}

void FCSTalkSubject::Tick()
{
	Unseen.store(0, std::memory_order_relaxed);
	bMayAppear.store(true, std::memory_order_release);
}

bool FCSTalkSubject::TryClose()
{
	bClosed.store(true);
	if (!PushLock.TryLock())
	{
		return false;
	}
	PushLock.Unlock();
	return true;
}

bool FCSTalkSubject::TakeFrame(const cstalk::ArrivedFrame& Frame, bool bNewEpoch)
{
	const FScopeLock Lock(&PushLock);
	if (bClosed.load())
	{
		return false;
	}
	if (!bMayAppear.load(std::memory_order_acquire))
	{
		return true;
	}
	if (Unseen.fetch_add(1, std::memory_order_relaxed) >= MaxUnseen)
	{
		HeldBack.fetch_add(1, std::memory_order_relaxed);
		return true;
	}
	SCOPE_CYCLE_COUNTER(STAT_CSTalkPush);
	if (!bPublished.load(std::memory_order_relaxed))
	{
		PushStatic();
	}
	else if (bNewEpoch)
	{
		// Old stamps could lie in the future of the new ones.
		Client.ClearSubjectsFrames_AnyThread(Key);
	}
	PushFrame(Frame);
	return true;
}

void FCSTalkSubject::PushStatic()
{
	FLiveLinkStaticDataStruct Data(FLiveLinkBaseStaticData::StaticStruct());
	Data.Cast<FLiveLinkBaseStaticData>()->PropertyNames = GetCSTalkPropertyNames();
	Client.PushSubjectStaticData_AnyThread(Key, ULiveLinkBasicRole::StaticClass(), MoveTemp(Data));
	bPublished.store(true, std::memory_order_release);
}

void FCSTalkSubject::PushFrame(const cstalk::ArrivedFrame& Frame)
{
	FLiveLinkFrameDataStruct Data(FLiveLinkBaseFrameData::StaticStruct());
	FLiveLinkBaseFrameData& Base = *Data.Cast<FLiveLinkBaseFrameData>();
	// Even stamps on the engine's own clock: no offset.
	Base.WorldTime = FLiveLinkWorldTime(cstalk::SecondsOf(Frame.stampUs), 0.0);
	Base.PropertyValues.Append(Frame.values, static_cast<int32>(cstalk::kPropertyCount));
	Client.PushSubjectFrameData_AnyThread(Key, MoveTemp(Data));
}

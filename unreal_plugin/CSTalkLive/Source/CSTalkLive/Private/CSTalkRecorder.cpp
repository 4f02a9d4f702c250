// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkRecorder.h"

#include "Misc/FileHelper.h"
#include "Misc/ScopeLock.h"
#include "cstalk/Recording.h"

void FCSTalkRecorder::Start()
{
	const FScopeLock Scope(&Lock);
	Bytes.Reset();
	Bytes.SetNumUninitialized(static_cast<int32>(cstalk::kRecordingHead));
	cstalk::WriteRecordingHead(Bytes.GetData(), cstalk::kRecordingHead);
	bOn.store(true);
}

bool FCSTalkRecorder::Stop(const FString& Path)
{
	const FScopeLock Scope(&Lock);
	const bool bWritten = bOn.exchange(false) && FFileHelper::SaveArrayToFile(Bytes, *Path);
	Bytes.Empty();
	return bWritten;
}

void FCSTalkRecorder::Take(const uint8* Data, int32 Size, const cstalk::Sender& From, int64 LocalUs)
{
	if (!bOn.load(std::memory_order_relaxed))
	{
		return;
	}
	const FScopeLock Scope(&Lock);
	const int32 Entry = static_cast<int32>(cstalk::kArrivalHead) + Size;
	const int32 Before = Bytes.Num();
	if (!bOn.load() || Before + Entry > MaxBytes)
	{
		return;
	}
	cstalk::RecordedArrival Arrival;
	Arrival.data = Data;
	Arrival.size = static_cast<std::size_t>(Size);
	Arrival.sender = From;
	Arrival.localUs = LocalUs;
	Bytes.SetNumUninitialized(Before + Entry);
	if (cstalk::WriteArrival(Arrival, Bytes.GetData() + Before, static_cast<std::size_t>(Entry)) == 0)
	{
		Bytes.SetNumUninitialized(Before);
	}
}

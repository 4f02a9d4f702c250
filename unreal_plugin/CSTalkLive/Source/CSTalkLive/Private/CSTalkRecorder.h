// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "CoreMinimal.h"
#include "HAL/CriticalSection.h"
#include "cstalk/Sender.h"

/** Keeps the datagrams of a port as they come (.cstalkrec), to have a bad network played back elsewhere. */
class FCSTalkRecorder
{
public:
	/** Any thread but one that calls Take. Begins anew. */
	void Start();

	/** Ends, and writes the file. False when it cannot be written, or nothing was being recorded. */
	bool Stop(const FString& Path);

	/** The receiver thread. */
	void Take(const uint8* Data, int32 Size, const cstalk::Sender& From, int64 LocalUs);

private:
	/** Twelve minutes of frames; what comes later is left out. */
	static constexpr int32 MaxBytes = 64 * 1024 * 1024;

	std::atomic<bool> bOn{false};
	FCriticalSection Lock;
	TArray<uint8> Bytes;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "CoreMinimal.h"
#include "CSTalkReceiver.h"
#include "HAL/CriticalSection.h"
#include "LiveLinkTypes.h"

class ILiveLinkClient;

/** One Live Link subject: pushes what the receiver thread hands it, until it is closed. */
class FCSTalkSubject final : public ICSTalkFrameListener
{
public:
	FCSTalkSubject(ILiveLinkClient& InClient, const FLiveLinkSubjectKey& InKey);
	UE_NONCOPYABLE(FCSTalkSubject);

	virtual bool TakeFrame(const cstalk::ArrivedFrame& Frame, bool bNewEpoch) override;

	/**
	 * Game thread, once per tick of the client. The first call lets the subject appear: by then a preset that is being
	 * applied has made the subject it stored.
	 */
	void Tick();

	/**
	 * No push begins any more; true when none is under way either, false: try again later. Never waits, since Live Link
	 * may call it under the lock that a push has to wait for.
	 */
	bool TryClose();

	bool IsPublished() const { return bPublished.load(std::memory_order_acquire); }
	const FLiveLinkSubjectKey& GetKey() const { return Key; }
	uint64 GetHeldBack() const { return HeldBack.load(std::memory_order_relaxed); }

private:
	/** Frames without a tick after which the client gets no more: a second in which the game thread stood still. */
	static constexpr uint32 MaxUnseen = 64;

	void PushStatic();
	void PushFrame(const cstalk::ArrivedFrame& Frame);

	ILiveLinkClient& Client;
	const FLiveLinkSubjectKey Key;
	FCriticalSection PushLock;
	std::atomic<bool> bClosed{false};
	std::atomic<bool> bMayAppear{false};
	std::atomic<bool> bPublished{false};
	std::atomic<uint32> Unseen{0};
	std::atomic<uint64> HeldBack{0};
};

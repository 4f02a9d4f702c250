// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "CoreMinimal.h"
#include "HAL/Runnable.h"
#include "cstalk/Connection.h"
#include "cstalk/Protocol.h"
#include "cstalk/Sender.h"
#include "cstalk/SpscQueue.h"

class FInternetAddr;
class FRunnableThread;
class FSocket;

/** What a socket thread hands its datagrams to, on that thread. */
class ICSTalkPacketSink
{
public:
	virtual ~ICSTalkPacketSink() = default;
	virtual void TakePacket(const uint8* Data, int32 Size, const cstalk::Sender& From, int64 LocalUs) = 0;
};

/** A UDP socket and the thread that waits on it. Everything but Run happens on the game thread. */
class FCSTalkSocketThread final : private FRunnable
{
public:
	explicit FCSTalkSocketThread(ICSTalkPacketSink& InSink);
	virtual ~FCSTalkSocketThread() override;
	UE_NONCOPYABLE(FCSTalkSocketThread);

	/** Binds exclusively and starts; false with what is wrong and what to do. */
	bool Open(const cstalk::Connection& Connection, FString& OutFault);

	/** Waits for the thread, then closes the socket. After it returns the sink is not called any more. */
	void Close();

	bool IsOpen() const { return Thread != nullptr; }

	/** Leaves the datagram to the thread, which sends it within 20 ms; false when 16 are waiting already. */
	bool Send(const cstalk::Sender& To, const uint8* Data, int32 Size);

private:
	static constexpr int32 MaxReplyBytes = 704;

	struct FReply
	{
		cstalk::Sender To;
		int32 Size = 0;
		uint8 Bytes[MaxReplyBytes] = {};
	};

	virtual uint32 Run() override;
	void Drain();
	void SendReplies();

	ICSTalkPacketSink& Sink;
	FSocket* Socket = nullptr;
	FRunnableThread* Thread = nullptr;
	std::atomic<bool> bStop{false};
	TSharedPtr<FInternetAddr> From;
	TSharedPtr<FInternetAddr> To;
	TArray<uint8> Buffer;
	cstalk::SpscQueue<FReply, 16> Replies;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkSocketThread.h"

#include "CSTalkLog.h"
#include "Common/UdpSocketBuilder.h"
#include "HAL/PlatformTime.h"
#include "HAL/RunnableThread.h"
#include "IPAddress.h"
#include "Interfaces/IPv4/IPv4Address.h"
#include "Misc/Timespan.h"
#include "SocketSubsystem.h"
#include "Sockets.h"
#include "cstalk/Recording.h"
#include "cstalk/Time.h"

namespace
{
	/** How long a reply or the wish to stop may have to wait while nothing comes. */
	constexpr double CSTalkWaitMs = 20.0;

	/** 180 frames: three seconds in which the thread may be starved. */
	constexpr int32 CSTalkReceiveBytes = 262144;

	/** Packets taken in a row before replies get their turn, however many come. */
	constexpr int32 CSTalkDrainMost = 256;

	FSocket* BindCSTalkSocket(const FIPv4Address& Address, uint16 Port)
	{
		// Never reusable: two programs on one port would each get half of the packets.
		return FUdpSocketBuilder(TEXT("cstalk"))
			.AsNonBlocking()
			.BoundToAddress(Address)
			.BoundToPort(Port)
			.WithReceiveBufferSize(CSTalkReceiveBytes)
			.Build();
	}

	void DestroyCSTalkSocket(FSocket* Socket)
	{
		Socket->Close();
		ISocketSubsystem::Get(PLATFORM_SOCKETSUBSYSTEM)->DestroySocket(Socket);
	}
}

FCSTalkSocketThread::FCSTalkSocketThread(ICSTalkPacketSink& InSink)
	: Sink(InSink)
{
}

FCSTalkSocketThread::~FCSTalkSocketThread()
{
	Close();
}

bool FCSTalkSocketThread::Open(const cstalk::Connection& Connection, FString& OutFault)
{
	Close();
	ISocketSubsystem* Subsystem = ISocketSubsystem::Get(PLATFORM_SOCKETSUBSYSTEM);
	if (Subsystem == nullptr)
	{
		OutFault = TEXT("this platform has no sockets");
		return false;
	}
	const FIPv4Address Address(Connection.address[0], Connection.address[1], Connection.address[2], Connection.address[3]);
	Socket = BindCSTalkSocket(Address, Connection.port);
	if (Socket == nullptr)
	{
		// Port 0 is any free one: if that works, the address is ours and the port is taken.
		FSocket* Probe = BindCSTalkSocket(Address, 0);
		const FString Where = FString::Printf(TEXT("%s:%d"), *Address.ToString(), static_cast<int32>(Connection.port));
		if (Probe != nullptr)
		{
			DestroyCSTalkSocket(Probe);
			OutFault = FString::Printf(TEXT("%s is in use by another program - close it, or choose another port here and in cstalk-live"), *Where);
		}
		else
		{
			OutFault = FString::Printf(TEXT("%s is no address of this machine - write 127.0.0.1 or 0.0.0.0"), *Where);
		}
		return false;
	}
	From = Subsystem->CreateInternetAddr();
	To = Subsystem->CreateInternetAddr();
	Buffer.SetNumUninitialized(static_cast<int32>(cstalk::kMaxRecordedBytes) + 1);
	bStop.store(false);
	Thread = FRunnableThread::Create(this, TEXT("cstalk receiver"), 0, TPri_AboveNormal);
	if (Thread == nullptr)
	{
		DestroyCSTalkSocket(Socket);
		Socket = nullptr;
		OutFault = TEXT("this platform gives no thread");
		return false;
	}
	return true;
}

void FCSTalkSocketThread::Close()
{
	if (Thread != nullptr)
	{
		bStop.store(true);
		Thread->WaitForCompletion();
		delete Thread;
		Thread = nullptr;
	}
	if (Socket != nullptr)
	{
		DestroyCSTalkSocket(Socket);
		Socket = nullptr;
	}
	while (Replies.Front() != nullptr)
	{
		Replies.Pop();
	}
}

bool FCSTalkSocketThread::Send(const cstalk::Sender& InTo, const uint8* Data, int32 Size)
{
	if (!IsOpen() || Size <= 0 || Size > MaxReplyBytes)
	{
		return false;
	}
	FReply Reply;
	Reply.To = InTo;
	Reply.Size = Size;
	FMemory::Memcpy(Reply.Bytes, Data, static_cast<SIZE_T>(Size));
	return Replies.Push(Reply);
}

uint32 FCSTalkSocketThread::Run()
{
	while (!bStop.load(std::memory_order_relaxed))
	{
		if (Socket->Wait(ESocketWaitConditions::WaitForRead, FTimespan::FromMilliseconds(CSTalkWaitMs)))
		{
			Drain();
		}
		SendReplies();
	}
	return 0;
}

void FCSTalkSocketThread::Drain()
{
	for (int32 Taken = 0; Taken < CSTalkDrainMost && !bStop.load(std::memory_order_relaxed); ++Taken)
	{
		int32 Size = 0;
		if (!Socket->RecvFrom(Buffer.GetData(), Buffer.Num(), Size, *From))
		{
			return;
		}
		const int64 LocalUs = cstalk::MicrosecondsOf(FPlatformTime::Seconds());
		uint32 Ip = 0;
		From->GetIp(Ip);
		const cstalk::Sender Who = cstalk::SenderFromIPv4(static_cast<uint8>(Ip >> 24), static_cast<uint8>(Ip >> 16),
			static_cast<uint8>(Ip >> 8), static_cast<uint8>(Ip), static_cast<uint16>(From->GetPort()));
		Sink.TakePacket(Buffer.GetData(), Size, Who, LocalUs);
	}
}

void FCSTalkSocketThread::SendReplies()
{
	while (const FReply* Reply = Replies.Front())
	{
		const uint8* Part = Reply->To.address + 12;
		To->SetIp(static_cast<uint32>(Part[0]) << 24 | static_cast<uint32>(Part[1]) << 16 | static_cast<uint32>(Part[2]) << 8 | Part[3]);
		To->SetPort(Reply->To.port);
		int32 Sent = 0;
		// Nobody may listen there any more: UDP, so it is no error.
		Socket->SendTo(Reply->Bytes, Reply->Size, Sent, *To);
		Replies.Pop();
	}
}

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkSelfTest.h"

#include "CSTalkHub.h"
#include "CSTalkSocketThread.h"
#include "Features/IModularFeatures.h"
#include "HAL/PlatformProcess.h"
#include "ILiveLinkClient.h"
#include "Templates/UniquePtr.h"
#include "cstalk/SelfTest.h"

namespace
{
	/** Counts what a socket thread takes. */
	class FCSTalkEcho final : public ICSTalkPacketSink
	{
	public:
		virtual void TakePacket(const uint8* Data, int32 Size, const cstalk::Sender& From, int64 LocalUs) override
		{
			if (Size == 4 && Data[0] == 1 && Data[3] == 4)
			{
				Port.store(From.port);
			}
		}

		std::atomic<uint16> Port{0};
	};

	/** A datagram from one socket of this machine to another; empty when it came. */
	FString TryCSTalkLoopback()
	{
		FCSTalkEcho There;
		FCSTalkEcho Here;
		FCSTalkSocketThread Receiving(There);
		FCSTalkSocketThread Sending(Here);
		cstalk::Connection To;
		cstalk::Connection From;
		FString Fault;
		To.port = 49151;
		while (!Receiving.Open(To, Fault))
		{
			if (--To.port < 49131)
			{
				return Fault;
			}
		}
		From.port = To.port;
		while (!Sending.Open(From, Fault))
		{
			if (--From.port < 49111)
			{
				return Fault;
			}
		}
		const uint8 Bytes[4] = {1, 2, 3, 4};
		Sending.Send(cstalk::SenderFromIPv4(127, 0, 0, 1, To.port), Bytes, 4);
		for (int32 Try = 0; Try < 50 && There.Port.load() == 0; ++Try)
		{
			FPlatformProcess::Sleep(0.01f);
		}
		return There.Port.load() == From.port ? FString() : FString(TEXT("a packet to 127.0.0.1 did not come back - look for a firewall"));
	}

	FString CSTalkVerdict(bool bPassed, const TCHAR* Name)
	{
		return FString::Printf(TEXT("%s  %s\n"), bPassed ? TEXT("pass") : TEXT("FAIL"), Name);
	}
}

FString RunCSTalkSelfTest()
{
	FString Report = FString::Printf(TEXT("CSTalkLive %s in Unreal Engine %s\n"), *FCSTalkHub::GetPluginVersion(), *FCSTalkHub::GetEngineVersion());
	cstalk::SelfTestLine Lines[cstalk::kSelfTests];
	const TUniquePtr<cstalk::SelfTest> Test = MakeUnique<cstalk::SelfTest>();
	Test->Run(Lines);
	for (const cstalk::SelfTestLine& Line : Lines)
	{
		Report += CSTalkVerdict(Line.passed, UTF8_TO_TCHAR(Line.name));
	}
	const FString Fault = TryCSTalkLoopback();
	Report += CSTalkVerdict(Fault.IsEmpty(), Fault.IsEmpty() ? TEXT("a packet over 127.0.0.1") : *Fault);
	Report += CSTalkVerdict(IModularFeatures::Get().IsModularFeatureAvailable(ILiveLinkClient::ModularFeatureName), TEXT("Live Link is there"));
	if (const FCSTalkHub* Hub = FCSTalkHub::Get())
	{
		for (const FCSTalkReceiverRef& Receiver : Hub->GetReceivers())
		{
			const FCSTalkStatus Status = Receiver->GetStatus();
			Report += FString::Printf(TEXT("port  %s: %s\n"), *Status.Connection.ToString(), *Status.Line);
		}
	}
	return Report;
}

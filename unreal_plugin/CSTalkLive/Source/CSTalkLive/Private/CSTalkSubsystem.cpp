// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkSubsystem.h"

#include "CSTalkHub.h"
#include "CSTalkLiveLinkSource.h"
#include "CSTalkNames.h"
#include "Engine/Engine.h"
#include "Features/IModularFeatures.h"
#include "ILiveLinkClient.h"

namespace
{
	bool CSTalkCommandAll(cstalk::CommandVerb Verb, const FString& Name, float Value, float FadeSeconds, FString& OutFault)
	{
		OutFault = TEXT("no cstalk-live sends at the moment");
		bool bAny = false;
		bool bAll = true;
		const FCSTalkHub* Hub = FCSTalkHub::Get();
		const TArray<FCSTalkReceiverRef> Receivers = Hub != nullptr ? Hub->GetReceivers() : TArray<FCSTalkReceiverRef>();
		for (const FCSTalkReceiverRef& Receiver : Receivers)
		{
			if (Receiver->GetStream().Status().connected)
			{
				bAny = true;
				bAll = Receiver->Command(Verb, Name, Value, FadeSeconds, OutFault) && bAll;
			}
		}
		if (bAny && bAll)
		{
			OutFault.Reset();
		}
		return bAny && bAll;
	}
}

UCSTalkSubsystem* UCSTalkSubsystem::Get()
{
	return GEngine != nullptr ? GEngine->GetEngineSubsystem<UCSTalkSubsystem>() : nullptr;
}

void UCSTalkSubsystem::Deinitialize()
{
	Started.Empty();
	Super::Deinitialize();
}

bool UCSTalkSubsystem::StartReceiver(const FCSTalkConnection& Connection, FString& OutFault)
{
	FCSTalkHub* Hub = FCSTalkHub::Get();
	FCSTalkConnection Checked;
	if (Hub == nullptr || !FCSTalkConnection::Parse(Connection.ToString(), Checked, OutFault))
	{
		return false;
	}
	const FCSTalkReceiverRef Receiver = Hub->Acquire(Checked);
	OutFault = Receiver->GetFault();
	if (Receiver->IsOpen())
	{
		Started.AddUnique(Receiver);
	}
	return Receiver->IsOpen();
}

void UCSTalkSubsystem::StopReceiver(const FCSTalkConnection& Connection)
{
	Started.RemoveAll([&Connection](const FCSTalkReceiverPtr& Receiver) { return Receiver->GetConnection().SameEndpoint(Connection); });
}

bool UCSTalkSubsystem::EnsureLiveLinkSource(const FCSTalkConnection& Connection)
{
	const FCSTalkHub* Hub = FCSTalkHub::Get();
	IModularFeatures& Features = IModularFeatures::Get();
	if (Hub == nullptr || !Features.IsModularFeatureAvailable(ILiveLinkClient::ModularFeatureName))
	{
		return false;
	}
	if (!Hub->HasSubject(Connection))
	{
		ILiveLinkClient& Client = Features.GetModularFeature<ILiveLinkClient>(ILiveLinkClient::ModularFeatureName);
		Client.AddSource(MakeShared<FCSTalkLiveLinkSource>(Connection));
	}
	return true;
}

TArray<FCSTalkStatus> UCSTalkSubsystem::GetAllStatus() const
{
	TArray<FCSTalkStatus> Result;
	if (const FCSTalkHub* Hub = FCSTalkHub::Get())
	{
		for (const FCSTalkReceiverRef& Receiver : Hub->GetReceivers())
		{
			Result.Add(Receiver->GetStatus());
		}
	}
	return Result;
}

TMap<FName, float> UCSTalkSubsystem::GetNewestPose(const FCSTalkConnection& Connection) const
{
	TMap<FName, float> Result;
	const FCSTalkHub* Hub = FCSTalkHub::Get();
	const TArray<FCSTalkReceiverRef> Receivers = Hub != nullptr ? Hub->GetReceivers() : TArray<FCSTalkReceiverRef>();
	for (const FCSTalkReceiverRef& Receiver : Receivers)
	{
		const cstalk::FaceStream& Stream = Receiver->GetStream();
		if (!Receiver->GetConnection().SameEndpoint(Connection) || !Stream.Status().connected || Stream.Buffer().Size() == 0)
		{
			continue;
		}
		const cstalk::ArrivedFrame& Newest = Stream.Buffer().At(Stream.Buffer().Size() - 1);
		const TArray<FName>& Names = GetCSTalkPropertyNames();
		for (int32 Place = 0; Place < Names.Num(); ++Place)
		{
			Result.Add(Names[Place], Newest.values[Place]);
		}
	}
	return Result;
}

bool UCSTalkSubsystem::SetEmotion(FName Emotion, float Weight, float FadeSeconds, FString& OutFault)
{
	return CSTalkCommandAll(cstalk::CommandVerb::Emotion, Emotion.ToString(), Weight, FadeSeconds, OutFault);
}

bool UCSTalkSubsystem::SetIntensity(float Intensity, float FadeSeconds, FString& OutFault)
{
	return CSTalkCommandAll(cstalk::CommandVerb::Intensity, FString(), Intensity, FadeSeconds, OutFault);
}

bool UCSTalkSubsystem::SetMuted(bool bMuted, FString& OutFault)
{
	return CSTalkCommandAll(cstalk::CommandVerb::Mute, FString(), bMuted ? 1.0f : 0.0f, 0.0f, OutFault);
}

bool UCSTalkSubsystem::SetNeutral(float FadeSeconds, FString& OutFault)
{
	return CSTalkCommandAll(cstalk::CommandVerb::Neutral, FString(), 0.0f, FadeSeconds, OutFault);
}

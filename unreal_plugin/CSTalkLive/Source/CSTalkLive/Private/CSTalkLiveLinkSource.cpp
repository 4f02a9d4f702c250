// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkLiveLinkSource.h"

#include "CSTalkLiveLinkSourceFactory.h"
#include "CSTalkLiveLinkSourceSettings.h"
#include "CSTalkLog.h"
#include "HAL/PlatformProcess.h"
#include "HAL/PlatformTime.h"
#include "ILiveLinkClient.h"
#include "InterpolationProcessor/LiveLinkBasicFrameInterpolateProcessor.h"
#include "LiveLinkSubjectSettings.h"

#define LOCTEXT_NAMESPACE "CSTalkLiveLinkSource"

namespace
{
	/** Seconds between two attempts to open a port that somebody else had. */
	constexpr double CSTalkRetrySeconds = 2.0;
}

FCSTalkLiveLinkSource::FCSTalkLiveLinkSource(const FCSTalkConnection& InConnection)
	: Connection(InConnection)
{
}

FCSTalkLiveLinkSource::~FCSTalkLiveLinkSource()
{
	// Normally RequestSourceShutdown was here before. Whoever destroys a source holds no lock of the client.
	while (!TryStop())
	{
		FPlatformProcess::Sleep(0.001f);
	}
}

void FCSTalkLiveLinkSource::ReceiveClient(ILiveLinkClient* InClient, FGuid InSourceGuid)
{
	Client = InClient;
	SourceGuid = InSourceGuid;
	Start();
}

void FCSTalkLiveLinkSource::InitializeSettings(ULiveLinkSourceSettings* Settings)
{
	if (UCSTalkLiveLinkSourceSettings* Own = Cast<UCSTalkLiveLinkSourceSettings>(Settings))
	{
		Own->Connection = Connection;
		Own->ConnectionString = Connection.ToString();
		Own->Factory = UCSTalkLiveLinkSourceFactory::StaticClass();
	}
}

void FCSTalkLiveLinkSource::Start()
{
	FCSTalkHub* Hub = FCSTalkHub::Get();
	if (Hub == nullptr || Client == nullptr || bShutdown)
	{
		return;
	}
	LastAttempt = FPlatformTime::Seconds();
	Receiver = Hub->Acquire(Connection);
	Subject = MakeShared<FCSTalkSubject, ESPMode::ThreadSafe>(*Client, FLiveLinkSubjectKey(SourceGuid, Connection.Subject));
	bInterpolationSeen = false;
	Receiver->AddListener(Subject.ToSharedRef());
	Hub->NoteSubject(Connection, true);
}

bool FCSTalkLiveLinkSource::TryStop()
{
	if (Subject.IsValid())
	{
		if (!Subject->TryClose())
		{
			return false;
		}
		Subject.Reset();
	}
	if (FCSTalkHub* Hub = FCSTalkHub::Get())
	{
		if (Receiver.IsValid())
		{
			Hub->NoteSubject(Connection, false);
		}
		Hub->Release(Receiver);
	}
	Receiver.Reset();
	return true;
}

void FCSTalkLiveLinkSource::Update()
{
	if (Wanted.IsSet())
	{
		Reopen();
	}
	if (!Receiver.IsValid())
	{
		return;
	}
	const double Now = FPlatformTime::Seconds();
	if (!Receiver->IsOpen() && Now - LastAttempt > CSTalkRetrySeconds)
	{
		LastAttempt = Now;
		Receiver->Open();
	}
	Subject->Tick();
	if (!bInterpolationSeen && Subject->IsPublished())
	{
		EnsureInterpolation();
	}
}

void FCSTalkLiveLinkSource::EnsureInterpolation()
{
	// A subject that static data created has one. One that a preset stored without, or a script made, would step.
	ULiveLinkSubjectSettings* Settings = Cast<ULiveLinkSubjectSettings>(Client->GetSubjectSettings(Subject->GetKey()));
	if (Settings == nullptr)
	{
		return;
	}
	bInterpolationSeen = true;
	if (Settings->InterpolationProcessor == nullptr)
	{
		Settings->InterpolationProcessor = NewObject<ULiveLinkBasicFrameInterpolationProcessor>(Settings);
		UE_LOG(LogCSTalk, Log, TEXT("subject %s had no interpolation; it has now"), *Connection.Subject.ToString());
	}
}

void FCSTalkLiveLinkSource::Reopen()
{
	if (!TryStop())
	{
		return;
	}
	if (Client != nullptr && Connection.Subject != Wanted->Subject)
	{
		Client->RemoveSubject_AnyThread(FLiveLinkSubjectKey(SourceGuid, Connection.Subject));
	}
	Connection = *Wanted;
	Wanted.Reset();
	Start();
}

bool FCSTalkLiveLinkSource::IsSourceStillValid() const
{
	return Receiver.IsValid() && Receiver->IsOpen();
}

bool FCSTalkLiveLinkSource::RequestSourceShutdown()
{
	bShutdown = true;
	Wanted.Reset();
	return TryStop();
}

FText FCSTalkLiveLinkSource::GetSourceType() const
{
	return LOCTEXT("SourceType", "CSTalk");
}

FText FCSTalkLiveLinkSource::GetSourceMachineName() const
{
	return FText::FromString(FString::Printf(TEXT("%s:%d"), *Connection.Address, Connection.Port));
}

FText FCSTalkLiveLinkSource::GetSourceStatus() const
{
	if (!Receiver.IsValid())
	{
		return LOCTEXT("Closed", "closed");
	}
	const FCSTalkStatus Status = Receiver->GetStatus();
	return FText::FromString(Status.Line);
}

TSubclassOf<ULiveLinkSourceSettings> FCSTalkLiveLinkSource::GetSettingsClass() const
{
	return UCSTalkLiveLinkSourceSettings::StaticClass();
}

void FCSTalkLiveLinkSource::OnSettingsChanged(ULiveLinkSourceSettings* Settings, const FPropertyChangedEvent& PropertyChangedEvent)
{
	ILiveLinkSource::OnSettingsChanged(Settings, PropertyChangedEvent);
	UCSTalkLiveLinkSourceSettings* Own = Cast<UCSTalkLiveLinkSourceSettings>(Settings);
	if (Own == nullptr || Own->Connection == Connection || bShutdown)
	{
		return;
	}
	FCSTalkConnection Changed;
	FString Fault;
	if (!FCSTalkConnection::Parse(Own->Connection.ToString(), Changed, Fault))
	{
		UE_LOG(LogCSTalk, Warning, TEXT("connection not changed: %s"), *Fault);
		Own->Connection = Connection;
		return;
	}
	// What presets save.
	Own->ConnectionString = Changed.ToString();
	Wanted = Changed;
	Reopen();
}

#undef LOCTEXT_NAMESPACE

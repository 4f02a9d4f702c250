// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkHub.h"

#include "CSTalkCounters.h"
#include "CSTalkSettings.h"
#include "Interfaces/IPluginManager.h"
#include "Misc/EngineVersion.h"
#include "Templates/UniquePtr.h"

namespace
{
	TUniquePtr<FCSTalkHub> CSTalkTheHub;
}

FCSTalkHub::FCSTalkHub()
{
	TickHandle = FTSTicker::GetCoreTicker().AddTicker(FTickerDelegate::CreateRaw(this, &FCSTalkHub::Tick), 0.0f);
}

FCSTalkHub::~FCSTalkHub()
{
	FTSTicker::GetCoreTicker().RemoveTicker(TickHandle);
	// Live Link may keep its sources until after this module is gone: their receivers end here.
	for (const FCSTalkReceiverRef& Receiver : GetReceivers())
	{
		Receiver->Close();
	}
	Released.Empty();
}

FCSTalkHub* FCSTalkHub::Get()
{
	return CSTalkTheHub.Get();
}

void FCSTalkHub::Startup()
{
	CSTalkTheHub = MakeUnique<FCSTalkHub>();
}

void FCSTalkHub::Shutdown()
{
	CSTalkTheHub.Reset();
}

FString FCSTalkHub::GetPluginVersion()
{
	const TSharedPtr<IPlugin> Plugin = IPluginManager::Get().FindPlugin(TEXT("CSTalkLive"));
	return Plugin.IsValid() ? Plugin->GetDescriptor().VersionName : FString(TEXT("unknown"));
}

FString FCSTalkHub::GetEngineVersion()
{
	return FEngineVersion::Current().ToString(EVersionComponent::Patch);
}

FCSTalkReceiverOptions FCSTalkHub::MakeOptions() const
{
	const UCSTalkSettings* Settings = GetDefault<UCSTalkSettings>();
	FCSTalkReceiverOptions Options;
	Options.AllowedSenders = Settings->AllowedSenders;
	Options.SharedKey = Settings->SharedKey;
	Options.EngineVersion = GetEngineVersion();
	Options.PluginVersion = GetPluginVersion();
	return Options;
}

FCSTalkReceiverRef FCSTalkHub::Acquire(const FCSTalkConnection& Connection)
{
	for (const TWeakPtr<FCSTalkReceiver, ESPMode::ThreadSafe>& Weak : Receivers)
	{
		const FCSTalkReceiverPtr Known = Weak.Pin();
		if (Known.IsValid() && Known->GetConnection().SameEndpoint(Connection))
		{
			Known->Open();
			return Known.ToSharedRef();
		}
	}
	const FCSTalkReceiverRef Receiver = MakeShared<FCSTalkReceiver, ESPMode::ThreadSafe>(Connection, MakeOptions());
	Receivers.Add(Receiver);
	Receiver->Open();
	return Receiver;
}

void FCSTalkHub::Release(FCSTalkReceiverPtr& Receiver)
{
	if (Receiver.IsValid())
	{
		Released.Add(Receiver);
		Receiver.Reset();
	}
}

TArray<FCSTalkReceiverRef> FCSTalkHub::GetReceivers() const
{
	TArray<FCSTalkReceiverRef> Result;
	for (const TWeakPtr<FCSTalkReceiver, ESPMode::ThreadSafe>& Weak : Receivers)
	{
		const FCSTalkReceiverPtr Known = Weak.Pin();
		if (Known.IsValid())
		{
			Result.Add(Known.ToSharedRef());
		}
	}
	return Result;
}

void FCSTalkHub::NoteSubject(const FCSTalkConnection& Connection, bool bPublished)
{
	if (bPublished)
	{
		Subjects.Add(Connection);
	}
	else
	{
		Subjects.RemoveSingle(Connection);
	}
	for (const FCSTalkReceiverRef& Receiver : GetReceivers())
	{
		if (Receiver->GetConnection().SameEndpoint(Connection))
		{
			Receiver->GetReport().SetPublished(Subjects.ContainsByPredicate([&Connection](const FCSTalkConnection& Subject) {
				return Subject.SameEndpoint(Connection);
			}));
		}
	}
}

bool FCSTalkHub::HasSubject(const FCSTalkConnection& Connection) const
{
	return Subjects.Contains(Connection);
}

bool FCSTalkHub::Tick(float DeltaSeconds)
{
	Released.Empty();
	Receivers.RemoveAll([](const TWeakPtr<FCSTalkReceiver, ESPMode::ThreadSafe>& Weak) { return !Weak.IsValid(); });
	// Shipping builds have no stats.
	[[maybe_unused]] uint32 Frames = 0;
	[[maybe_unused]] uint32 Missing = 0;
	[[maybe_unused]] uint32 Faces = 0;
	for (const FCSTalkReceiverRef& Receiver : GetReceivers())
	{
		Receiver->Tick();
		Frames += static_cast<uint32>(Receiver->GetStats().frames.load(std::memory_order_relaxed));
		Missing += static_cast<uint32>(Receiver->GetStats().missing.load(std::memory_order_relaxed));
		Faces += static_cast<uint32>(Receiver->GetReport().Faces());
	}
	SET_DWORD_STAT(STAT_CSTalkFrames, Frames);
	SET_DWORD_STAT(STAT_CSTalkMissing, Missing);
	SET_DWORD_STAT(STAT_CSTalkFaces, Faces);
	return true;
}

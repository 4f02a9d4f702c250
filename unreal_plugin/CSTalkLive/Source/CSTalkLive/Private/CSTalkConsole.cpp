// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkHub.h"
#include "CSTalkLog.h"
#include "CSTalkSelfTest.h"
#include "CSTalkSubsystem.h"
#include "HAL/IConsoleManager.h"
#include "Misc/Paths.h"

// cstalk.stats, cstalk.selftest, cstalk.listen, cstalk.stop, cstalk.record, cstalk.emotion: in every build that has a console.
namespace
{
	FCSTalkConnection CSTalkConnectionOf(const TArray<FString>& Arguments, FString& OutFault)
	{
		FCSTalkConnection Connection;
		FCSTalkConnection::Parse(FString::Join(Arguments, TEXT(" ")), Connection, OutFault);
		return Connection;
	}

	void CSTalkStats(const TArray<FString>& Arguments)
	{
		const FCSTalkHub* Hub = FCSTalkHub::Get();
		const TArray<FCSTalkReceiverRef> Receivers = Hub != nullptr ? Hub->GetReceivers() : TArray<FCSTalkReceiverRef>();
		if (Receivers.Num() == 0)
		{
			UE_LOG(LogCSTalk, Display, TEXT("no port is open: add a CSTalk source or a CSTalk face, or type cstalk.listen"));
		}
		for (const FCSTalkReceiverRef& Receiver : Receivers)
		{
			const FCSTalkStatus Status = Receiver->GetStatus();
			const cstalk::ReceiverStats& Stats = Receiver->GetStats();
			UE_LOG(LogCSTalk, Display, TEXT("%s | %s"), *Status.Connection.ToString(), *Status.Line);
			UE_LOG(LogCSTalk, Display, TEXT("  %lld packets, %lld bytes | %d faces, %.1f frames/s applied | engine %.1f fps | suggested delay %.1f ms"),
				static_cast<int64>(Stats.packets.load()), static_cast<int64>(Stats.bytes.load()), Status.FacesBound,
				Status.AppliedPerSecond, Status.EngineFramesPerSecond, Status.SuggestedDelayMs);
			for (uint32 Place = 1; Place < static_cast<uint32>(cstalk::PacketResult::Count); ++Place)
			{
				const int64 Count = static_cast<int64>(Stats.results[Place].load());
				if (Count > 0)
				{
					UE_LOG(LogCSTalk, Display, TEXT("  %lld refused: %s"), Count,
						UTF8_TO_TCHAR(cstalk::Describe(static_cast<cstalk::PacketResult>(Place))));
				}
			}
		}
	}

	void CSTalkSelfTestCommand(const TArray<FString>& Arguments)
	{
		UE_LOG(LogCSTalk, Display, TEXT("%s"), *RunCSTalkSelfTest());
	}

	void CSTalkListen(const TArray<FString>& Arguments)
	{
		FString Fault;
		const FCSTalkConnection Connection = CSTalkConnectionOf(Arguments, Fault);
		UCSTalkSubsystem* Subsystem = UCSTalkSubsystem::Get();
		if (!Fault.IsEmpty() || Subsystem == nullptr || !Subsystem->StartReceiver(Connection, Fault))
		{
			UE_LOG(LogCSTalk, Warning, TEXT("cstalk.listen: %s"), *Fault);
		}
	}

	void CSTalkStop(const TArray<FString>& Arguments)
	{
		FString Fault;
		const FCSTalkConnection Connection = CSTalkConnectionOf(Arguments, Fault);
		if (UCSTalkSubsystem* Subsystem = UCSTalkSubsystem::Get())
		{
			Subsystem->StopReceiver(Connection);
		}
	}

	/** The first call starts, the second one writes a file for each port. */
	void CSTalkRecord(const TArray<FString>& Arguments)
	{
		const FCSTalkHub* Hub = FCSTalkHub::Get();
		const TArray<FCSTalkReceiverRef> Receivers = Hub != nullptr ? Hub->GetReceivers() : TArray<FCSTalkReceiverRef>();
		for (const FCSTalkReceiverRef& Receiver : Receivers)
		{
			const FString Name = FString::Printf(TEXT("cstalk_%d.cstalkrec"), Receiver->GetConnection().Port);
			const FString Path = FPaths::Combine(FPaths::ProjectSavedDir(), Name);
			if (Receiver->GetRecorder().Stop(Path))
			{
				UE_LOG(LogCSTalk, Display, TEXT("recorded: %s"), *Path);
			}
			else
			{
				Receiver->GetRecorder().Start();
				UE_LOG(LogCSTalk, Display, TEXT("recording port %d; cstalk.record again writes %s"), Receiver->GetConnection().Port, *Path);
			}
		}
	}

	void CSTalkEmotionCommand(const TArray<FString>& Arguments)
	{
		UCSTalkSubsystem* Subsystem = UCSTalkSubsystem::Get();
		if (Subsystem == nullptr || Arguments.Num() < 1)
		{
			return;
		}
		FString Fault;
		const float Weight = Arguments.Num() > 1 ? FCString::Atof(*Arguments[1]) : 1.0f;
		if (!Subsystem->SetEmotion(FName(*Arguments[0]), Weight, 0.3f, Fault))
		{
			UE_LOG(LogCSTalk, Warning, TEXT("cstalk.emotion: %s"), *Fault);
		}
	}

	const FAutoConsoleCommand CSTalkStatsCommand(TEXT("cstalk.stats"), TEXT("What every open port hears"),
		FConsoleCommandWithArgsDelegate::CreateStatic(&CSTalkStats));
	const FAutoConsoleCommand CSTalkSelfTestCommandObject(TEXT("cstalk.selftest"), TEXT("Tries the plugin in this engine and prints a report"),
		FConsoleCommandWithArgsDelegate::CreateStatic(&CSTalkSelfTestCommand));
	const FAutoConsoleCommand CSTalkListenCommand(TEXT("cstalk.listen"), TEXT("Opens a port: cstalk.listen [ADDRESS][:PORT]"),
		FConsoleCommandWithArgsDelegate::CreateStatic(&CSTalkListen));
	const FAutoConsoleCommand CSTalkStopCommand(TEXT("cstalk.stop"), TEXT("Closes what cstalk.listen opened"),
		FConsoleCommandWithArgsDelegate::CreateStatic(&CSTalkStop));
	const FAutoConsoleCommand CSTalkRecordCommand(TEXT("cstalk.record"), TEXT("Records what comes, for a report; again: writes the file"),
		FConsoleCommandWithArgsDelegate::CreateStatic(&CSTalkRecord));
	const FAutoConsoleCommand CSTalkEmotionCommandObject(TEXT("cstalk.emotion"), TEXT("Asks for an emotion: cstalk.emotion NAME [WEIGHT]"),
		FConsoleCommandWithArgsDelegate::CreateStatic(&CSTalkEmotionCommand));
}

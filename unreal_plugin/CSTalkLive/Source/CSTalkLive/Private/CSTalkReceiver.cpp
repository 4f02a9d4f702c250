// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkReceiver.h"

#include "CSTalkCounters.h"
#include "CSTalkLog.h"
#include "CSTalkText.h"
#include "HAL/PlatformTime.h"
#include "Misc/DateTime.h"
#include "Misc/ScopeLock.h"
#include "cstalk/Connection.h"
#include "cstalk/HeartbeatCodec.h"
#include "cstalk/Sampler.h"
#include "cstalk/Time.h"

namespace
{
	int64 CSTalkNowUs()
	{
		return cstalk::MicrosecondsOf(FPlatformTime::Seconds());
	}
}

FCSTalkReceiver::FCSTalkReceiver(const FCSTalkConnection& InConnection, const FCSTalkReceiverOptions& InOptions)
	: Connection(InConnection)
	, Options(InOptions)
	, Core(MakeUnique<cstalk::Receiver>())
	, Stream(MakeUnique<cstalk::FaceStream>(*Core))
	, SocketThread(*this)
{
}

FCSTalkReceiver::~FCSTalkReceiver()
{
	Close();
}

bool FCSTalkReceiver::Open()
{
	if (IsOpen())
	{
		return true;
	}
	const FTCHARToUTF8 Text(*Connection.ToString());
	cstalk::Connection Where;
	const cstalk::ConnectionFault Wrong = cstalk::ParseConnection(CSTalkView(Text), Where);
	if (Wrong != cstalk::ConnectionFault::None)
	{
		Fault = UTF8_TO_TCHAR(cstalk::Describe(Wrong));
		return false;
	}
	cstalk::SenderFilter Filter;
	if (!cstalk::ParseAllowed(CSTalkView(FTCHARToUTF8(*Options.AllowedSenders)), Filter))
	{
		UE_LOG(LogCSTalk, Warning, TEXT("allowed senders '%s': not up to eight addresses with commas between them - only this machine is heard"),
			*Options.AllowedSenders);
	}
	Core->SetFilter(Filter);
	const FString Before = Fault;
	Fault.Reset();
	if (!SocketThread.Open(Where, Fault))
	{
		if (Fault != Before)
		{
			UE_LOG(LogCSTalk, Warning, TEXT("cannot listen: %s"), *Fault);
		}
		return false;
	}
	UE_LOG(LogCSTalk, Log, TEXT("listening on %s:%d (plugin %s, engine %s)"), *Connection.Address, Connection.Port,
		*Options.PluginVersion, *Options.EngineVersion);
	return true;
}

void FCSTalkReceiver::Close()
{
	const bool bWasOpen = IsOpen();
	SocketThread.Close();
	// The thread has ended: its list is ours.
	Listeners.Empty();
	{
		const FScopeLock Lock(&JoiningLock);
		Joining.Empty();
	}
	if (bWasOpen)
	{
		UE_LOG(LogCSTalk, Log, TEXT("closed %s:%d"), *Connection.Address, Connection.Port);
	}
}

void FCSTalkReceiver::AddListener(const TSharedRef<ICSTalkFrameListener, ESPMode::ThreadSafe>& Listener)
{
	const FScopeLock Lock(&JoiningLock);
	Joining.Add(Listener);
}

void FCSTalkReceiver::TakePacket(const uint8* Data, int32 Size, const cstalk::Sender& From, int64 LocalUs)
{
	SCOPE_CYCLE_COUNTER(STAT_CSTalkReceive);
	Recorder.Take(Data, Size, From, LocalUs);
	const cstalk::ReceiveOutcome Outcome = Core->Receive(Data, static_cast<std::size_t>(Size), From, LocalUs);
	if (Outcome.kind != cstalk::PacketKind::Frame || !Outcome.newest)
	{
		return;
	}
	{
		const FScopeLock Lock(&JoiningLock);
		Listeners.Append(MoveTemp(Joining));
		Joining.Reset();
	}
	for (int32 Place = Listeners.Num() - 1; Place >= 0; --Place)
	{
		if (!Listeners[Place]->TakeFrame(*Outcome.frame, Outcome.newEpoch))
		{
			Listeners.RemoveAt(Place);
		}
	}
}

void FCSTalkReceiver::TakeOver()
{
	Untold |= Stream->Pump(CSTalkNowUs());
}

void FCSTalkReceiver::Pump()
{
	TakeOver();
	const uint32 Events = Untold;
	Untold = 0;
	if (Events != 0)
	{
		OnEvents.Broadcast(Events);
	}
}

void FCSTalkReceiver::Tick()
{
	Pump();
	LogNotices();
	const int64 LocalUs = CSTalkNowUs();
	if (Report.Tick(LocalUs, *Stream))
	{
		SendHeartbeat(LocalUs);
	}
}

void FCSTalkReceiver::LogNotices()
{
	cstalk::PacketResult Result;
	cstalk::Sender From;
	while (Core->Notices().Take(Result, From))
	{
		// Shipping builds have no log.
		[[maybe_unused]] const uint8* Part = From.address + 12;
		UE_LOG(LogCSTalk, Warning, TEXT("packets from %d.%d.%d.%d:%d are refused: %s"), static_cast<int32>(Part[0]),
			static_cast<int32>(Part[1]), static_cast<int32>(Part[2]), static_cast<int32>(Part[3]), static_cast<int32>(From.port),
			UTF8_TO_TCHAR(cstalk::Describe(Result)));
	}
}

void FCSTalkReceiver::SendHeartbeat(int64 LocalUs)
{
	cstalk::Heartbeat Beat;
	const FTCHARToUTF8 Subject(*Connection.Subject.ToString());
	const FTCHARToUTF8 Engine(*Options.EngineVersion);
	const FTCHARToUTF8 Plugin(*Options.PluginVersion);
	Report.Fill(LocalUs, *Stream, Core->Stats(), CSTalkView(Subject), CSTalkView(Engine), CSTalkView(Plugin), Beat);
	uint8 Bytes[704];
	const std::size_t Size = cstalk::EncodeHeartbeat(Beat, Bytes, sizeof Bytes);
	SocketThread.Send(Stream->From(), Bytes, static_cast<int32>(Size));
}

bool FCSTalkReceiver::MayCommand(FString& OutFault) const
{
	if (!Stream->Status().connected)
	{
		OutFault = TEXT("no cstalk-live sends at the moment");
		return false;
	}
	if (Options.SharedKey.IsEmpty() && !cstalk::IsLoopback(Stream->From()))
	{
		OutFault = TEXT("cstalk-live runs on another machine - set the same shared key in Project Settings > CSTalk Live and in its configuration");
		return false;
	}
	return true;
}

bool FCSTalkReceiver::Command(cstalk::CommandVerb Verb, const FString& Name, float Value, float FadeSeconds, FString& OutFault)
{
	TakeOver();
	if (!MayCommand(OutFault))
	{
		return false;
	}
	// Later than the last one also where the clock is coarse.
	const FTimespan SinceEpoch = FDateTime::UtcNow() - FDateTime(1970, 1, 1);
	LastCommandUs = FMath::Max(LastCommandUs + 1, SinceEpoch.GetTicks() / ETimespan::TicksPerMicrosecond);
	const FTCHARToUTF8 Utf8(*Name);
	const FTCHARToUTF8 Key(*Options.SharedKey);
	cstalk::Command Wish;
	if (Utf8.Length() > static_cast<int32>(cstalk::kMaxEmotionBytes))
	{
		OutFault = TEXT("the emotion's name is too long");
		return false;
	}
	FMemory::Memcpy(Wish.name, Utf8.Get(), static_cast<SIZE_T>(Utf8.Length()));
	Wish.session = Stream->Session();
	Wish.stampUs = LastCommandUs;
	Wish.verb = Verb;
	Wish.value = Value;
	Wish.fadeSeconds = FadeSeconds;
	uint8 Bytes[512];
	const std::size_t Size = cstalk::EncodeCommand(Wish, CSTalkView(Key), Bytes, sizeof Bytes);
	if (Size == 0)
	{
		OutFault = TEXT("out of range: weight 0 to 1, intensity 0 to 2, fade 0 to 60 seconds, and an emotion needs a name");
		return false;
	}
	if (!SocketThread.Send(Stream->From(), Bytes, static_cast<int32>(Size)))
	{
		OutFault = TEXT("too many commands at once");
		return false;
	}
	return true;
}

FCSTalkEmotion FCSTalkReceiver::ToBlueprint(const cstalk::Emotion& Emotion)
{
	FCSTalkEmotion Result;
	Result.Intensity = Emotion.intensity;
	Result.bMuted = Emotion.muted;
	for (uint32 Place = 0; Place < Emotion.count; ++Place)
	{
		FCSTalkEmotionWeight Weight;
		Weight.Name = FName(UTF8_TO_TCHAR(Emotion.names[Place]));
		Weight.Weight = Emotion.weights[Place];
		Result.Mix.Add(Weight);
	}
	return Result;
}

FCSTalkStatus FCSTalkReceiver::GetStatus() const
{
	const cstalk::StreamStatus Now = Stream->Status();
	const cstalk::ReceiverStats& Stats = Core->Stats();
	FCSTalkStatus Result;
	Result.Connection = Connection;
	Result.bListening = IsOpen();
	Result.bConnected = Now.connected;
	Result.bSpeech = Now.speech;
	Result.bMicrophoneLost = Now.sourceLost;
	Result.FramesPerSecond = static_cast<float>(Now.framesLastSecond);
	Result.EngineFramesPerSecond = Report.EngineFps();
	Result.AppliedPerSecond = Report.AppliedPerSecond();
	Result.SenderDelayMs = static_cast<float>(Now.senderDelayP50Us) / 1000.0f;
	Result.LatenessMs = static_cast<float>(Now.latenessP99Us) / 1000.0f;
	Result.SuggestedDelayMs = static_cast<float>(Now.suggestedDelayUs) / 1000.0f;
	Result.FacesBound = Report.Faces();
	Result.FramesReceived = static_cast<int64>(Stats.frames.load(std::memory_order_relaxed));
	Result.FramesMissing = static_cast<int64>(Stats.missing.load(std::memory_order_relaxed));
	Result.UnknownNames = static_cast<int64>(Stats.foreignNames.load(std::memory_order_relaxed));
	Result.SenderSubject = UTF8_TO_TCHAR(Stream->LastHello().subject);
	Result.SenderVersion = UTF8_TO_TCHAR(Stream->LastHello().version);
	Result.Emotion = ToBlueprint(Stream->LastEmotion());
	if (IsOpen())
	{
		char Line[512];
		Stream->FormatStatus(cstalk::SamplerConfig().delayUs, Line, sizeof Line);
		Result.Line = UTF8_TO_TCHAR(Line);
	}
	else
	{
		Result.Line = Fault.IsEmpty() ? FString(TEXT("not listening")) : Fault;
	}
	return Result;
}

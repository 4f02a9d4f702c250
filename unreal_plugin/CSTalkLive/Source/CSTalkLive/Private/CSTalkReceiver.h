// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkConnection.h"
#include "CSTalkRecorder.h"
#include "CSTalkSocketThread.h"
#include "CSTalkStatus.h"
#include "Delegates/Delegate.h"
#include "HAL/CriticalSection.h"
#include "Templates/SharedPointer.h"
#include "Templates/UniquePtr.h"
#include "cstalk/CommandCodec.h"
#include "cstalk/FaceReport.h"
#include "cstalk/FaceStream.h"
#include "cstalk/Receiver.h"

/** Who takes frames on the receiver thread: a Live Link subject. */
class ICSTalkFrameListener
{
public:
	virtual ~ICSTalkFrameListener() = default;

	/** A frame in its order; `bNewEpoch`: unrelated to all before. False when nothing is wanted any more. */
	virtual bool TakeFrame(const cstalk::ArrivedFrame& Frame, bool bNewEpoch) = 0;
};

/** Once per pump in which something happened; the argument holds cstalk::StreamEvents. */
DECLARE_MULTICAST_DELEGATE_OneParam(FCSTalkStreamEvents, uint32);

/** What to know of the project when a port is opened. */
struct FCSTalkReceiverOptions
{
	FString AllowedSenders;
	FString SharedKey;
	FString EngineVersion;
	FString PluginVersion;
};

/** One port: socket, thread, and everything that is known of its sender. Game thread, unless said otherwise. */
class FCSTalkReceiver final : public ICSTalkPacketSink
{
public:
	FCSTalkReceiver(const FCSTalkConnection& InConnection, const FCSTalkReceiverOptions& InOptions);
	virtual ~FCSTalkReceiver() override;
	UE_NONCOPYABLE(FCSTalkReceiver);

	/** Opens the port unless it is open; false: see GetFault. */
	bool Open();

	/** Waits for the thread. Afterwards no listener is called. */
	void Close();

	bool IsOpen() const { return SocketThread.IsOpen(); }
	const FString& GetFault() const { return Fault; }
	const FCSTalkConnection& GetConnection() const { return Connection; }

	/** Kept until it says that it wants no more, or until Close. */
	void AddListener(const TSharedRef<ICSTalkFrameListener, ESPMode::ThreadSafe>& Listener);

	/** Takes over what came, tells nobody: for places where no listener may interfere. */
	void TakeOver();

	/** Takes over what came and tells what happened. Any number of times per engine frame. */
	void Pump();

	/** Once per engine frame: Pump, and a heartbeat to the sender once a second. */
	void Tick();

	/** Asks the sender for something; false and why when it cannot be asked. */
	bool Command(cstalk::CommandVerb Verb, const FString& Name, float Value, float FadeSeconds, FString& OutFault);

	const cstalk::FaceStream& GetStream() const { return *Stream; }
	const cstalk::ReceiverStats& GetStats() const { return Core->Stats(); }
	cstalk::FaceReport& GetReport() { return Report; }
	FCSTalkRecorder& GetRecorder() { return Recorder; }
	FCSTalkStatus GetStatus() const;
	static FCSTalkEmotion ToBlueprint(const cstalk::Emotion& Emotion);

	FCSTalkStreamEvents OnEvents;

	/** The receiver thread. */
	virtual void TakePacket(const uint8* Data, int32 Size, const cstalk::Sender& From, int64 LocalUs) override;

private:
	void SendHeartbeat(int64 LocalUs);
	void LogNotices();
	bool MayCommand(FString& OutFault) const;

	const FCSTalkConnection Connection;
	const FCSTalkReceiverOptions Options;
	FString Fault;
	TUniquePtr<cstalk::Receiver> Core;
	TUniquePtr<cstalk::FaceStream> Stream;
	cstalk::FaceReport Report;
	FCSTalkRecorder Recorder;
	int64 LastCommandUs = 0;
	uint32 Untold = 0;

	/**
	 * New listeners wait here for the receiver thread. The lock is never held while a listener is called: Live Link may
	 * call us under the very lock that a push has to wait for.
	 */
	FCriticalSection JoiningLock;
	TArray<TSharedRef<ICSTalkFrameListener, ESPMode::ThreadSafe>> Joining;

	/** The receiver thread's own. */
	TArray<TSharedRef<ICSTalkFrameListener, ESPMode::ThreadSafe>> Listeners;

	/** Last: its thread uses all of the above. */
	FCSTalkSocketThread SocketThread;
};

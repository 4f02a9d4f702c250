// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkReceiver.h"
#include "Containers/Ticker.h"
#include "Templates/SharedPointer.h"

using FCSTalkReceiverPtr = TSharedPtr<FCSTalkReceiver, ESPMode::ThreadSafe>;
using FCSTalkReceiverRef = TSharedRef<FCSTalkReceiver, ESPMode::ThreadSafe>;

/** All open ports. A Live Link source, a component and a console command on one port share its receiver. Game thread. */
class FCSTalkHub
{
public:
	FCSTalkHub();
	~FCSTalkHub();
	UE_NONCOPYABLE(FCSTalkHub);

	/** The module's hub; null before it starts and after it shut down. */
	static FCSTalkHub* Get();
	static void Startup();
	static void Shutdown();

	/** The receiver of this address and port, opened if it can be; it lives as long as somebody holds it. */
	FCSTalkReceiverRef Acquire(const FCSTalkConnection& Connection);

	/**
	 * Gives a receiver back. The last one closes its port with the next tick, not now: who gives back may hold locks that
	 * the receiver thread waits for.
	 */
	void Release(FCSTalkReceiverPtr& Receiver);

	/** Receivers somebody holds. */
	TArray<FCSTalkReceiverRef> GetReceivers() const;

	/** A subject that is published: who wants one of the same kind need not make another. */
	void NoteSubject(const FCSTalkConnection& Connection, bool bPublished);
	bool HasSubject(const FCSTalkConnection& Connection) const;

	/** Once per engine frame. */
	bool Tick(float DeltaSeconds);

	static FString GetPluginVersion();
	static FString GetEngineVersion();

private:
	FCSTalkReceiverOptions MakeOptions() const;

	TArray<TWeakPtr<FCSTalkReceiver, ESPMode::ThreadSafe>> Receivers;
	TArray<FCSTalkReceiverPtr> Released;
	TArray<FCSTalkConnection> Subjects;
	FTSTicker::FDelegateHandle TickHandle;
};

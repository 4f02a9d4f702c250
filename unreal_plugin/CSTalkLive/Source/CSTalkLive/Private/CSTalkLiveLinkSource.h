// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkConnection.h"
#include "CSTalkHub.h"
#include "CSTalkSubject.h"
#include "ILiveLinkSource.h"
#include "Misc/Guid.h"
#include "Misc/Optional.h"

/** A Live Link source that publishes one face. Game thread. */
class FCSTalkLiveLinkSource final : public ILiveLinkSource
{
public:
	explicit FCSTalkLiveLinkSource(const FCSTalkConnection& InConnection);
	virtual ~FCSTalkLiveLinkSource() override;

	virtual void ReceiveClient(ILiveLinkClient* InClient, FGuid InSourceGuid) override;
	virtual void InitializeSettings(ULiveLinkSourceSettings* Settings) override;
	virtual void Update() override;
	virtual bool IsSourceStillValid() const override;
	virtual bool RequestSourceShutdown() override;
	virtual FText GetSourceType() const override;
	virtual FText GetSourceMachineName() const override;
	virtual FText GetSourceStatus() const override;
	virtual TSubclassOf<ULiveLinkSourceSettings> GetSettingsClass() const override;
	virtual void OnSettingsChanged(ULiveLinkSourceSettings* Settings, const FPropertyChangedEvent& PropertyChangedEvent) override;

private:
	void Start();
	bool TryStop();
	void Reopen();
	void EnsureInterpolation();

	FCSTalkConnection Connection;
	/** Another one, as soon as the pushes of the present one have ended. */
	TOptional<FCSTalkConnection> Wanted;
	ILiveLinkClient* Client = nullptr;
	FGuid SourceGuid;
	FCSTalkReceiverPtr Receiver;
	TSharedPtr<FCSTalkSubject, ESPMode::ThreadSafe> Subject;
	double LastAttempt = 0.0;
	bool bShutdown = false;
	bool bInterpolationSeen = false;
};

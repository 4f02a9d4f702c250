// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkConnection.h"
#include "Engine/DeveloperSettings.h"

#include "CSTalkSettings.generated.h"

/** Project Settings > Plugins > CSTalk Live. */
UCLASS(Config = Game, DefaultConfig, meta = (DisplayName = "CSTalk Live"))
class CSTALKLIVE_API UCSTalkSettings : public UDeveloperSettings
{
	GENERATED_BODY()

public:
	virtual FName GetCategoryName() const override;

	/** What components and new sources use unless told otherwise. */
	UPROPERTY(Config, EditAnywhere, Category = "Connection")
	FCSTalkConnection Connection;

	/**
	 * Addresses that may drive faces, with commas between them; empty: everybody whom the address lets in. Applies to
	 * ports opened later.
	 */
	UPROPERTY(Config, EditAnywhere, Category = "Connection")
	FString AllowedSenders;

	/**
	 * Signs what SetEmotion and its like send, so that cstalk-live on another machine may take it; the same text belongs
	 * into its configuration. Without a key only a cstalk-live on this machine is talked to. Stored in plain text in the
	 * project's configuration and in packaged games.
	 */
	UPROPERTY(Config, EditAnywhere, Category = "Connection")
	FString SharedKey;

	/** How far a directly driven face is behind the newest frame: the jitter it can take. */
	UPROPERTY(Config, EditAnywhere, Category = "Timing", meta = (ClampMin = "0.0", ClampMax = "1.0", Units = "s"))
	float PlayoutDelay = 0.03f;
};

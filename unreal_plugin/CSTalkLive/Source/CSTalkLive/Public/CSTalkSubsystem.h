// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkConnection.h"
#include "CSTalkStatus.h"
#include "LiveLinkSourceFactory.h"
#include "Subsystems/EngineSubsystem.h"

#include "CSTalkSubsystem.generated.h"

class FCSTalkReceiver;

/**
 * Opens ports and makes Live Link sources, in the editor and in games, across levels. Asking twice for the same gives
 * the same: a PIE session that starts again adds nothing.
 */
UCLASS()
class CSTALKLIVE_API UCSTalkSubsystem : public UEngineSubsystem
{
	GENERATED_BODY()

public:
	virtual void Deinitialize() override;

	/** Null before the engine has started and after it ended. */
	static UCSTalkSubsystem* Get();

	/** Opens the port without publishing anything, until StopReceiver. False and why when it cannot be opened. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool StartReceiver(const FCSTalkConnection& Connection, FString& OutFault);

	/** Gives back what StartReceiver opened. Sources and faces on the same port keep it open. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	void StopReceiver(const FCSTalkConnection& Connection);

	/** Adds a Live Link source unless one publishes this subject from this port already. False without Live Link. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool EnsureLiveLinkSource(const FCSTalkConnection& Connection);

	/** Every open port. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	TArray<FCSTalkStatus> GetAllStatus() const;

	/** The newest pose as it came, by name; empty while nobody sends. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	TMap<FName, float> GetNewestPose(const FCSTalkConnection& Connection) const;

	/** Tells every cstalk-live that sends to this engine: this emotion, and the rest neutral. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool SetEmotion(FName Emotion, float Weight, float FadeSeconds, FString& OutFault);

	/** How strong emotions are, 0 to 2. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool SetIntensity(float Intensity, float FadeSeconds, FString& OutFault);

	/** Muted, the face rests whatever the microphone hears. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool SetMuted(bool bMuted, FString& OutFault);

	/** No emotion any more. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool SetNeutral(float FadeSeconds, FString& OutFault);

private:
	TArray<TSharedPtr<FCSTalkReceiver, ESPMode::ThreadSafe>> Started;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkConnection.h"

#include "CSTalkStatus.generated.h"

/** One emotion of a mix and its weight, 0 to 1. */
USTRUCT(BlueprintType)
struct CSTALKLIVE_API FCSTalkEmotionWeight
{
	GENERATED_BODY()

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	FName Name;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	float Weight = 0.0f;
};

/** What the face is told to feel. */
USTRUCT(BlueprintType)
struct CSTALKLIVE_API FCSTalkEmotion
{
	GENERATED_BODY()

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	TArray<FCSTalkEmotionWeight> Mix;

	/** 0 to 2. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	float Intensity = 0.0f;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	bool bMuted = false;
};

/** What a receiver hears, in numbers and as a line of text. */
USTRUCT(BlueprintType)
struct CSTALKLIVE_API FCSTalkStatus
{
	GENERATED_BODY()

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	FCSTalkConnection Connection;

	/** The port is open. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	bool bListening = false;

	/** Frames came within the last second. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	bool bConnected = false;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	bool bSpeech = false;

	/** cstalk-live runs but has no microphone. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	bool bMicrophoneLost = false;

	/** One line for people. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	FString Line;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	float FramesPerSecond = 0.0f;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	float EngineFramesPerSecond = 0.0f;

	/** Different frames per second that reached a face. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	float AppliedPerSecond = 0.0f;

	/** From the sound to the sending, median. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	float SenderDelayMs = 0.0f;

	/** How late 99 of 100 frames are at most, on the way. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	float LatenessMs = 0.0f;

	/** The playout delay that would cover 99 of 100 frames. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	float SuggestedDelayMs = 0.0f;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	int32 FacesBound = 0;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	int64 FramesReceived = 0;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	int64 FramesMissing = 0;

	/** Names the sender uses that this plugin does not know: update the older of the two. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	int64 UnknownNames = 0;

	/** What the sender calls its face. */
	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	FString SenderSubject;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	FString SenderVersion;

	UPROPERTY(BlueprintReadOnly, Category = "CSTalk")
	FCSTalkEmotion Emotion;
};

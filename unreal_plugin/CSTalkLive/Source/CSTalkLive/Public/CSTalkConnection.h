// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"

#include "CSTalkConnection.generated.h"

/** Where to listen, and the name of the Live Link subject. Written as text: "127.0.0.1:9000 CSTalk". */
USTRUCT(BlueprintType)
struct CSTALKLIVE_API FCSTalkConnection
{
	GENERATED_BODY()

	/** An address of this machine. 127.0.0.1 hears this machine only, 0.0.0.0 every network it is in. */
	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk")
	FString Address = TEXT("127.0.0.1");

	/** The port that cstalk-live sends to: cstalk-live run --osc HOST:PORT. */
	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk", meta = (ClampMin = "1", ClampMax = "65535"))
	int32 Port = 9000;

	/** The name under which the face appears in Live Link. */
	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk")
	FName Subject = FName(TEXT("CSTalk"));

	/** "127.0.0.1:9000 CSTalk", as presets store it. */
	FString ToString() const;

	/** Reads such a text; parts that are missing take their defaults. False and why when it cannot be. */
	static bool Parse(const FString& Text, FCSTalkConnection& OutConnection, FString& OutFault);

	/** Whether both are heard by one socket. */
	bool SameEndpoint(const FCSTalkConnection& Other) const;

	bool operator==(const FCSTalkConnection& Other) const;
	bool operator!=(const FCSTalkConnection& Other) const;
};

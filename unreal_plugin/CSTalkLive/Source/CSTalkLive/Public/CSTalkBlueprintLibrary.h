// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkConnection.h"
#include "Kismet/BlueprintFunctionLibrary.h"

#include "CSTalkBlueprintLibrary.generated.h"

/** Small things for Blueprints that need no object. */
UCLASS()
class CSTALKLIVE_API UCSTalkBlueprintLibrary : public UBlueprintFunctionLibrary
{
	GENERATED_BODY()

public:
	/** What the project settings say. */
	UFUNCTION(BlueprintPure, Category = "CSTalk")
	static FCSTalkConnection GetDefaultConnection();

	/** "127.0.0.1:9000 CSTalk"; parts that are missing take their defaults. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	static bool ParseConnection(const FString& Text, FCSTalkConnection& OutConnection, FString& OutFault);

	/** The 260 names of the subject: 251 curves and Epic's nine extras. */
	UFUNCTION(BlueprintPure, Category = "CSTalk")
	static TArray<FName> GetPropertyNames();

	/** Names of the 251 curves that a face does not have: a mesh of another kind if there are many. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	static TArray<FName> FindMissingCurves(const class USkeletalMeshComponent* Face);

	/** Everything about this plugin in this engine, to be copied into a report. Takes some milliseconds. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	static FString RunSelfTest();
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkBlueprintLibrary.h"

#include "Animation/Skeleton.h"
#include "CSTalkNames.h"
#include "CSTalkSelfTest.h"
#include "CSTalkSettings.h"
#include "Components/SkeletalMeshComponent.h"
#include "Engine/SkeletalMesh.h"
#include "cstalk/Protocol.h"

FCSTalkConnection UCSTalkBlueprintLibrary::GetDefaultConnection()
{
	return GetDefault<UCSTalkSettings>()->Connection;
}

bool UCSTalkBlueprintLibrary::ParseConnection(const FString& Text, FCSTalkConnection& OutConnection, FString& OutFault)
{
	return FCSTalkConnection::Parse(Text, OutConnection, OutFault);
}

TArray<FName> UCSTalkBlueprintLibrary::GetPropertyNames()
{
	return GetCSTalkPropertyNames();
}

TArray<FName> UCSTalkBlueprintLibrary::FindMissingCurves(const USkeletalMeshComponent* Face)
{
	TArray<FName> Missing;
	const USkeletalMesh* Mesh = Face != nullptr ? Face->GetSkeletalMeshAsset() : nullptr;
	const USkeleton* Skeleton = Mesh != nullptr ? Mesh->GetSkeleton() : nullptr;
	TArray<FName> Known;
	if (Skeleton != nullptr)
	{
		Skeleton->GetCurveMetaDataNames(Known);
	}
	const TArray<FName>& Names = GetCSTalkPropertyNames();
	for (int32 Place = 0; Place < static_cast<int32>(cstalk::kRawCurveCount); ++Place)
	{
		if (!Known.Contains(Names[Place]))
		{
			Missing.Add(Names[Place]);
		}
	}
	return Missing;
}

FString UCSTalkBlueprintLibrary::RunSelfTest()
{
	return RunCSTalkSelfTest();
}

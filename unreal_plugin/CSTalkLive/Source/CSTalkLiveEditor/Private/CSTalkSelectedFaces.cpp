// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkSelectedFaces.h"

#include "CSTalkBlueprintLibrary.h"
#include "CSTalkFaceComponent.h"
#include "Components/SkeletalMeshComponent.h"
#include "Editor.h"
#include "GameFramework/Actor.h"
#include "ScopedTransaction.h"
#include "Selection.h"
#include "UObject/UObjectGlobals.h"

#define LOCTEXT_NAMESPACE "CSTalkSelectedFaces"

namespace
{
	/** A few names tell which kind of mesh it is; the rest is a number. */
	constexpr int32 CSTalkNamedCurves = 5;

	TArray<AActor*> SelectedCSTalkActors()
	{
		TArray<AActor*> Actors;
		if (GEditor != nullptr)
		{
			GEditor->GetSelectedActors()->GetSelectedObjects(Actors);
		}
		return Actors;
	}

	FString CSTalkActorLine(const AActor& Actor, const FText& What)
	{
		return FText::Format(LOCTEXT("ActorLine", "{0}: {1}"), FText::FromString(Actor.GetActorNameOrLabel()), What).ToString();
	}

	FText NoCSTalkSelection()
	{
		return LOCTEXT("NothingSelected", "Nothing is selected: click a MetaHuman in the level first.");
	}

	UCSTalkFaceComponent* AddCSTalkFace(AActor& Actor)
	{
		Actor.Modify();
		UCSTalkFaceComponent* Face = NewObject<UCSTalkFaceComponent>(&Actor, NAME_None, RF_Transactional);
		Face->bUpdateInEditor = true;
		Actor.AddInstanceComponent(Face);
		Face->RegisterComponent();
		return Face;
	}

	FText DescribeCSTalkFace(const UCSTalkFaceComponent& Face)
	{
		const FText State = FText::FromString(Face.GetBindingState());
		const USkeletalMeshComponent* Mesh = Face.GetFaceMesh();
		if (Mesh == nullptr)
		{
			return State;
		}
		const TArray<FName> Missing = UCSTalkBlueprintLibrary::FindMissingCurves(Mesh);
		if (Missing.Num() == 0)
		{
			return FText::Format(LOCTEXT("AllCurves", "{0}; its skeleton lists every curve"), State);
		}
		TArray<FString> Named;
		for (int32 Place = 0; Place < FMath::Min(Missing.Num(), CSTalkNamedCurves); ++Place)
		{
			Named.Add(Missing[Place].ToString());
		}
		return FText::Format(LOCTEXT("MissingCurves", "{0}; its skeleton does not list {1} of the curves, such as {2}"), State,
			FText::AsNumber(Missing.Num()), FText::FromString(FString::Join(Named, TEXT(", "))));
	}
}

FText BindSelectedCSTalkFaces()
{
	const TArray<AActor*> Actors = SelectedCSTalkActors();
	if (Actors.Num() == 0)
	{
		return NoCSTalkSelection();
	}
	const FScopedTransaction Transaction(LOCTEXT("BindTransaction", "Bind to CSTalk"));
	TArray<FString> Lines;
	for (AActor* Actor : Actors)
	{
		UCSTalkFaceComponent* Face = Actor->FindComponentByClass<UCSTalkFaceComponent>();
		if (Face != nullptr)
		{
			Face->Modify();
			Face->bUpdateInEditor = true;
		}
		else if (Actor->FindComponentByClass<USkeletalMeshComponent>() != nullptr)
		{
			Face = AddCSTalkFace(*Actor);
		}
		else
		{
			Lines.Add(CSTalkActorLine(*Actor, LOCTEXT("NoMesh", "has no skeletal mesh")));
			continue;
		}
		if (!Face->IsBound())
		{
			Face->Bind();
		}
		Lines.Add(CSTalkActorLine(*Actor, DescribeCSTalkFace(*Face)));
	}
	return FText::FromString(FString::Join(Lines, TEXT("\n")));
}

FText CheckSelectedCSTalkFaces()
{
	const TArray<AActor*> Actors = SelectedCSTalkActors();
	if (Actors.Num() == 0)
	{
		return NoCSTalkSelection();
	}
	TArray<FString> Lines;
	for (const AActor* Actor : Actors)
	{
		const UCSTalkFaceComponent* Face = Actor->FindComponentByClass<UCSTalkFaceComponent>();
		Lines.Add(CSTalkActorLine(*Actor, Face != nullptr ? DescribeCSTalkFace(*Face) : LOCTEXT("NoFace", "has no CSTalk Face component")));
	}
	return FText::FromString(FString::Join(Lines, TEXT("\n")));
}

#undef LOCTEXT_NAMESPACE

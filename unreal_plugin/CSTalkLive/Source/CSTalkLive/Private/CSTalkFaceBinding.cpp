// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkFaceBinding.h"

#include "Animation/AnimInstance.h"
#include "CSTalkFaceAnimInstance.h"
#include "CSTalkLog.h"
#include "Components/SkeletalMeshComponent.h"
#include "GameFramework/Actor.h"
#include "LiveLinkInstance.h"
#include "LiveLinkTypes.h"
#include "UObject/UnrealType.h"

namespace
{
	/** The variable by which MetaHuman graphs name their subject, since 4.26. */
	const TCHAR* const CSTalkSubjectVariable = TEXT("LLink_Face_Subj");

	FLiveLinkSubjectName* FindCSTalkSubject(UAnimInstance* Instance)
	{
		const FStructProperty* Property =
			Instance != nullptr ? FindFProperty<FStructProperty>(Instance->GetClass(), FName(CSTalkSubjectVariable)) : nullptr;
		if (Property == nullptr || Property->Struct != FLiveLinkSubjectName::StaticStruct())
		{
			return nullptr;
		}
		return Property->ContainerPtrToValuePtr<FLiveLinkSubjectName>(Instance);
	}

	/** Graphs of 5.6 and later tell raw curves from ARKit's by one of these. */
	bool KnowsCSTalkRawCurves(const UAnimInstance* Instance)
	{
		return Instance != nullptr &&
			(Instance->GetClass()->FindPropertyByName(FName(TEXT("IsMHFDS"))) != nullptr ||
				Instance->GetClass()->FindPropertyByName(FName(TEXT("ForceMHFDS"))) != nullptr);
	}

	UFunction* FindCSTalkSetup(const AActor& Actor)
	{
		UFunction* Function = Actor.FindFunction(FName(TEXT("LiveLinkSetup")));
		return Function != nullptr && Function->NumParms == 0 ? Function : nullptr;
	}
}

USkeletalMeshComponent* FCSTalkFaceBinding::FindFace(const AActor& Actor, FName ComponentName)
{
	TArray<USkeletalMeshComponent*> Meshes;
	Actor.GetComponents(Meshes);
	for (USkeletalMeshComponent* Found : Meshes)
	{
		if (Found->GetFName() == ComponentName)
		{
			return Found;
		}
	}
	return Meshes.Num() == 1 ? Meshes[0] : nullptr;
}

cstalk::FaceFacts FCSTalkFaceBinding::Look(AActor& Actor, UClass* LiveLinkClass) const
{
	cstalk::FaceFacts Facts;
	const USkeletalMeshComponent* Face = Mesh.Get();
	Facts.hasMesh = Face != nullptr;
	UAnimInstance* Instance = Face != nullptr ? Face->GetAnimInstance() : nullptr;
	Facts.hasSubjectProperty = FindCSTalkSubject(Instance) != nullptr;
	Facts.knowsRawCurves = KnowsCSTalkRawCurves(Instance);
	Facts.isLiveLinkInstance = Cast<ULiveLinkInstance>(Instance) != nullptr;
	Facts.hasSetupFunction = FindCSTalkSetup(Actor) != nullptr;
	Facts.setupCalled = bSetupCalled;
	Facts.hasLiveLinkClass = LiveLinkClass != nullptr;
	Facts.liveLinkClassSet = bClassSet;
	return Facts;
}

void FCSTalkFaceBinding::Remember()
{
	USkeletalMeshComponent* Face = Mesh.Get();
	ClassBefore = Face->GetAnimClass();
	TickBefore = Face->VisibilityBasedAnimTickOption;
	// A face that is not seen for a moment must not come back with an old expression.
	Face->VisibilityBasedAnimTickOption = EVisibilityBasedAnimTickOption::AlwaysTickPoseAndRefreshBones;
}

bool FCSTalkFaceBinding::Take(cstalk::BindingStep Next, AActor& Actor, FName Subject, UClass* LiveLinkClass)
{
	USkeletalMeshComponent* Face = Mesh.Get();
	switch (Next)
	{
	case cstalk::BindingStep::SetSubjectProperty:
	{
		FLiveLinkSubjectName* Name = FindCSTalkSubject(Face->GetAnimInstance());
		SubjectBefore = Name->Name;
		*Name = FLiveLinkSubjectName(Subject);
		break;
	}
	case cstalk::BindingStep::SetInstanceSubject:
		CastChecked<ULiveLinkInstance>(Face->GetAnimInstance())->SetSubject(FLiveLinkSubjectName(Subject));
		break;
	case cstalk::BindingStep::CallSetupFunction:
		bSetupCalled = true;
		bClassChanged = true;
		Actor.ProcessEvent(FindCSTalkSetup(Actor), nullptr);
		break;
	case cstalk::BindingStep::UseLiveLinkClass:
		bClassSet = true;
		bClassChanged = true;
		Face->SetAnimInstanceClass(LiveLinkClass);
		break;
	case cstalk::BindingStep::UseOwnInstance:
		bClassChanged = true;
		Face->SetAnimInstanceClass(UCSTalkFaceAnimInstance::StaticClass());
		break;
	case cstalk::BindingStep::None:
		return false;
	}
	return true;
}

cstalk::BindingStep FCSTalkFaceBinding::Bind(AActor& Actor, FName ComponentName, cstalk::BindingWish Wish, FName Subject, UClass* LiveLinkClass)
{
	Release();
	Mesh = FindFace(Actor, ComponentName);
	if (!Mesh.IsValid())
	{
		return Step;
	}
	if (Mesh->LeaderPoseComponent.IsValid())
	{
		UE_LOG(LogCSTalk, Warning, TEXT("%s of %s follows a leader pose component and evaluates no curves of its own: clear its leader pose"),
			*Mesh->GetName(), *Actor.GetName());
		return Step;
	}
	Remember();
	// Each step is taken at most once: setup and class are remembered, the others end the search.
	do
	{
		Step = cstalk::NextBinding(Look(Actor, LiveLinkClass), Wish);
	} while (Take(Step, Actor, Subject, LiveLinkClass) && !cstalk::IsBound(Step));
	BoundInstance = Mesh->GetAnimInstance();
	if (!cstalk::IsBound(Step))
	{
		Release();
	}
	return Step;
}

void FCSTalkFaceBinding::Release()
{
	if (USkeletalMeshComponent* Face = Mesh.Get())
	{
		if (Step == cstalk::BindingStep::SetSubjectProperty && BoundInstance.IsValid() && BoundInstance.Get() == Face->GetAnimInstance())
		{
			*FindCSTalkSubject(BoundInstance.Get()) = FLiveLinkSubjectName(SubjectBefore);
		}
		if (bClassChanged)
		{
			Face->SetAnimInstanceClass(ClassBefore.Get());
		}
		Face->VisibilityBasedAnimTickOption = TickBefore;
	}
	*this = FCSTalkFaceBinding();
}

bool FCSTalkFaceBinding::IsIntact() const
{
	return cstalk::IsBound(Step) && Mesh.IsValid() && BoundInstance.IsValid() && Mesh->GetAnimInstance() == BoundInstance.Get();
}

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "Components/SkinnedMeshComponent.h"
#include "Templates/SubclassOf.h"
#include "UObject/WeakObjectPtr.h"
#include "cstalk/Binding.h"

class AActor;
class UAnimInstance;
class USkeletalMeshComponent;

/** How one face is tied to the stream, and how it was before. Game thread. */
class FCSTalkFaceBinding
{
public:
	/** Looks at the face and ties it, step by step. `LiveLinkClass` may be null. Returns the last step. */
	cstalk::BindingStep Bind(AActor& Actor, FName ComponentName, cstalk::BindingWish Wish, FName Subject, UClass* LiveLinkClass);

	/** Puts everything back as it was. */
	void Release();

	/** Whether the face is there and still tied; games swap meshes and anim classes. */
	bool IsIntact() const;

	cstalk::BindingStep GetStep() const { return Step; }
	USkeletalMeshComponent* GetMesh() const { return Mesh.Get(); }

	/** The face named so, or the only skeletal mesh that has the mouth's curves; null when there is none. */
	static USkeletalMeshComponent* FindFace(const AActor& Actor, FName ComponentName);

private:
	cstalk::FaceFacts Look(AActor& Actor, UClass* LiveLinkClass) const;
	void Remember();
	bool Take(cstalk::BindingStep Next, AActor& Actor, FName Subject, UClass* LiveLinkClass);

	TWeakObjectPtr<USkeletalMeshComponent> Mesh;
	cstalk::BindingStep Step = cstalk::BindingStep::None;
	TWeakObjectPtr<UAnimInstance> BoundInstance;
	bool bSetupCalled = false;
	bool bClassSet = false;
	bool bClassChanged = false;
	FName SubjectBefore;
	TWeakObjectPtr<UClass> ClassBefore;
	EVisibilityBasedAnimTickOption TickBefore = EVisibilityBasedAnimTickOption::AlwaysTickPose;
};

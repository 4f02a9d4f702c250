// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkFaceAnimInstance.h"

#include "AnimNodes/AnimNode_CopyPoseFromMesh.h"
#include "Animation/AnimInstanceProxy.h"
#include "Animation/AnimNodeBase.h"
#include "CSTalkFaceFeed.h"
#include "CSTalkNames.h"
#include "cstalk/Schema.h"

/** The part of the anim instance that other threads may see. */
struct FCSTalkFaceProxy final : public FAnimInstanceProxy
{
	explicit FCSTalkFaceProxy(UAnimInstance* Instance)
		: FAnimInstanceProxy(Instance)
	{
		// The face is attached to the body, whose neck and head it has too.
		CopyPose.bUseAttachedParent = true;
		Rest();
	}

	void Rest()
	{
		for (uint32 Place = 0; Place < cstalk::kPropertyCount; ++Place)
		{
			Values[Place] = cstalk::RawSchema().ranges[Place].neutral;
		}
	}

	virtual void Initialize(UAnimInstance* InAnimInstance) override
	{
		FAnimInstanceProxy::Initialize(InAnimInstance);
		FAnimationInitializeContext Context(this);
		CopyPose.Initialize_AnyThread(Context);
	}

	virtual void PreUpdate(UAnimInstance* InAnimInstance, float DeltaSeconds) override
	{
		FAnimInstanceProxy::PreUpdate(InAnimInstance, DeltaSeconds);
		CopyPose.PreUpdate(InAnimInstance);
		const TSharedPtr<FCSTalkFaceFeed>& Feed = CastChecked<UCSTalkFaceAnimInstance>(InAnimInstance)->GetFeed();
		if (Feed.IsValid())
		{
			Feed->Sample(Values);
		}
		else
		{
			Rest();
		}
	}

	virtual void UpdateAnimationNode(const FAnimationUpdateContext& Context) override
	{
		UpdateCounter.Increment();
		CopyPose.Update_AnyThread(Context);
	}

	virtual bool Evaluate(FPoseContext& Output) override
	{
		CopyPose.Evaluate_AnyThread(Output);
		const TArray<FName>& Names = GetCSTalkPropertyNames();
		for (int32 Place = 0; Place < Names.Num(); ++Place)
		{
			Output.Curve.Set(Names[Place], Values[Place]);
		}
		return true;
	}

	FAnimNode_CopyPoseFromMesh CopyPose;
	float Values[cstalk::kPropertyCount];
};

void UCSTalkFaceAnimInstance::SetFeed(const TSharedPtr<FCSTalkFaceFeed>& InFeed)
{
	Feed = InFeed;
}

FAnimInstanceProxy* UCSTalkFaceAnimInstance::CreateAnimInstanceProxy()
{
	return new FCSTalkFaceProxy(this);
}

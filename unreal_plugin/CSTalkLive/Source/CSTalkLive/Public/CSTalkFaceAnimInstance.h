// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Animation/AnimInstance.h"
#include "CoreMinimal.h"

#include "CSTalkFaceAnimInstance.generated.h"

class FCSTalkFaceFeed;

/**
 * Drives a MetaHuman's face without Live Link and without a graph: the bones of the body, then 260 curves. For faces whose
 * own graph leads through ARKit's poses (5.4 and 5.5), and wherever a fixed delay is wanted.
 */
UCLASS(Transient, NotBlueprintable)
class CSTALKLIVE_API UCSTalkFaceAnimInstance : public UAnimInstance
{
	GENERATED_BODY()

public:
	/** Where the pose comes from; null: the face rests. */
	void SetFeed(const TSharedPtr<FCSTalkFaceFeed>& InFeed);

	const TSharedPtr<FCSTalkFaceFeed>& GetFeed() const { return Feed; }

protected:
	virtual FAnimInstanceProxy* CreateAnimInstanceProxy() override;

private:
	TSharedPtr<FCSTalkFaceFeed> Feed;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "CSTalkConnection.h"
#include "LiveLinkSourceSettings.h"

#include "CSTalkLiveLinkSourceSettings.generated.h"

/** What the Live Link window shows of a CSTalk source. */
UCLASS()
class CSTALKLIVE_API UCSTalkLiveLinkSourceSettings : public ULiveLinkSourceSettings
{
	GENERATED_BODY()

public:
	UCSTalkLiveLinkSourceSettings();

	/** Changes take effect at once. */
	UPROPERTY(EditAnywhere, Category = "CSTalk")
	FCSTalkConnection Connection;
};

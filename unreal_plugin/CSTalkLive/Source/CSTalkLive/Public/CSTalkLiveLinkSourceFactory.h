// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "LiveLinkSourceFactory.h"

#include "CSTalkLiveLinkSourceFactory.generated.h"

/** The entry "CSTalk" under "Add Source". In a runtime module, so that presets find it in packaged games. */
UCLASS()
class CSTALKLIVE_API UCSTalkLiveLinkSourceFactory : public ULiveLinkSourceFactory
{
	GENERATED_BODY()

public:
	// 5.8 adds an overload that the override below would hide.
	using ULiveLinkSourceFactory::CreateSource;

	virtual FText GetSourceDisplayName() const override;
	virtual FText GetSourceTooltip() const override;
	virtual EMenuType GetMenuType() const override;
	virtual TSharedPtr<SWidget> BuildCreationPanel(FOnLiveLinkSourceCreated OnSourceCreated) const override;
	virtual TSharedPtr<ILiveLinkSource> CreateSource(const FString& ConnectionString) const override;
};

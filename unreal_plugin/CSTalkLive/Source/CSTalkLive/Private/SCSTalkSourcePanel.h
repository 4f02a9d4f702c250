// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "Input/Reply.h"
#include "LiveLinkSourceFactory.h"
#include "Widgets/DeclarativeSyntaxSupport.h"
#include "Widgets/SCompoundWidget.h"

class SEditableTextBox;

/** "Add Source > CSTalk": one line of text and a button, in plain Slate, which games have too. */
class SCSTalkSourcePanel final : public SCompoundWidget
{
public:
	SLATE_BEGIN_ARGS(SCSTalkSourcePanel) {}
	SLATE_EVENT(ULiveLinkSourceFactory::FOnLiveLinkSourceCreated, OnSourceCreated)
	SLATE_END_ARGS()

	void Construct(const FArguments& InArgs);

private:
	FReply OnAddClicked();
	FText GetFault() const;

	ULiveLinkSourceFactory::FOnLiveLinkSourceCreated OnSourceCreated;
	TSharedPtr<SEditableTextBox> ConnectionBox;
	FText Fault;
};

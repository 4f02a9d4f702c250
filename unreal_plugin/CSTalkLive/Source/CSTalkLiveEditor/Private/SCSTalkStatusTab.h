// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"
#include "Input/Reply.h"
#include "Types/SlateEnums.h"
#include "Types/WidgetActiveTimerDelegate.h"
#include "Widgets/DeclarativeSyntaxSupport.h"
#include "Widgets/SCompoundWidget.h"

class STextBlock;
class SVerticalBox;
struct FCSTalkStatus;

/** What every open port hears, and three buttons. Everything here can be had from Blueprints and the console too. */
class SCSTalkStatusTab final : public SCompoundWidget
{
public:
	SLATE_BEGIN_ARGS(SCSTalkStatusTab) {}
	SLATE_END_ARGS()

	void Construct(const FArguments& InArgs);

private:
	EActiveTimerReturnType Refresh(double CurrentTime, float DeltaTime);
	void MakeRows(const TArray<FCSTalkStatus>& Ports);
	void FillRows(const TArray<FCSTalkStatus>& Ports);
	FReply OnBindClicked();
	FReply OnCheckClicked();
	FReply OnImportClicked();

	TSharedPtr<SVerticalBox> PortsBox;
	TSharedPtr<STextBlock> ResultBlock;

	/** One for each row of each port, in order. */
	TArray<TSharedPtr<STextBlock>> Values;
	int32 ShownPorts = INDEX_NONE;
};

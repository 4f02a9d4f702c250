// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "SCSTalkStatusTab.h"

#include "CSTalkSelectedFaces.h"
#include "CSTalkStatus.h"
#include "CSTalkStatusRows.h"
#include "CSTalkSubsystem.h"
#include "CSTalkTakeImport.h"
#include "Layout/Margin.h"
#include "Styling/SlateColor.h"
#include "Widgets/Input/SButton.h"
#include "Widgets/Layout/SScrollBox.h"
#include "Widgets/SBoxPanel.h"
#include "Widgets/Text/STextBlock.h"

#define LOCTEXT_NAMESPACE "SCSTalkStatusTab"

namespace
{
	/** Seconds between two looks: quick enough to see a voice begin, slow enough to read. */
	constexpr float CSTalkRefreshSeconds = 0.2f;

	const FMargin CSTalkRowPadding(4.0f, 1.0f);
	const FMargin CSTalkButtonPadding(4.0f);
}

void SCSTalkStatusTab::Construct(const FArguments& InArgs)
{
	ChildSlot
	[
		SNew(SScrollBox)
		+ SScrollBox::Slot()
		[
			SAssignNew(PortsBox, SVerticalBox)
		]
		+ SScrollBox::Slot()
		.Padding(CSTalkButtonPadding)
		[
			SNew(SHorizontalBox)
			+ SHorizontalBox::Slot()
			.AutoWidth()
			[
				SNew(SButton)
				.Text(LOCTEXT("Bind", "Bind selected MetaHuman"))
				.ToolTipText(LOCTEXT("BindTip", "Gives the selected actors a CSTalk Face component that speaks in the editor and in play"))
				.OnClicked(this, &SCSTalkStatusTab::OnBindClicked)
			]
			+ SHorizontalBox::Slot()
			.AutoWidth()
			[
				SNew(SButton)
				.Text(LOCTEXT("Check", "Check selected face"))
				.ToolTipText(LOCTEXT("CheckTip", "How the selected faces are driven, and which of the 251 curves they lack"))
				.OnClicked(this, &SCSTalkStatusTab::OnCheckClicked)
			]
			+ SHorizontalBox::Slot()
			.AutoWidth()
			[
				SNew(SButton)
				.Text(LOCTEXT("Import", "Import take..."))
				.ToolTipText(LOCTEXT("ImportTip", "Makes an AnimSequence for the selected MetaHuman of a recorded or baked take"))
				.OnClicked(this, &SCSTalkStatusTab::OnImportClicked)
			]
		]
		+ SScrollBox::Slot()
		.Padding(CSTalkRowPadding)
		[
			SAssignNew(ResultBlock, STextBlock)
			.AutoWrapText(true)
		]
	];
	RegisterActiveTimer(CSTalkRefreshSeconds, FWidgetActiveTimerDelegate::CreateSP(this, &SCSTalkStatusTab::Refresh));
}

EActiveTimerReturnType SCSTalkStatusTab::Refresh(double CurrentTime, float DeltaTime)
{
	const UCSTalkSubsystem* Subsystem = UCSTalkSubsystem::Get();
	const TArray<FCSTalkStatus> Ports = Subsystem != nullptr ? Subsystem->GetAllStatus() : TArray<FCSTalkStatus>();
	if (Ports.Num() != ShownPorts)
	{
		MakeRows(Ports);
	}
	FillRows(Ports);
	return EActiveTimerReturnType::Continue;
}

void SCSTalkStatusTab::MakeRows(const TArray<FCSTalkStatus>& Ports)
{
	PortsBox->ClearChildren();
	Values.Reset();
	ShownPorts = Ports.Num();
	if (Ports.Num() == 0)
	{
		PortsBox->AddSlot()
		.AutoHeight()
		.Padding(CSTalkRowPadding)
		[
			SNew(STextBlock)
			.Text(LOCTEXT("NoPort", "No port is open: bind a MetaHuman, or add a CSTalk source in the Live Link window"))
			.AutoWrapText(true)
		];
	}
	for (const FCSTalkStatus& Port : Ports)
	{
		for (const FCSTalkStatusRow& Row : DescribeCSTalkStatus(Port))
		{
			TSharedPtr<STextBlock> Value;
			PortsBox->AddSlot()
			.AutoHeight()
			.Padding(CSTalkRowPadding)
			[
				SNew(SHorizontalBox)
				+ SHorizontalBox::Slot()
				.FillWidth(0.25f)
				[
					SNew(STextBlock)
					.Text(Row.Label)
				]
				+ SHorizontalBox::Slot()
				.FillWidth(0.75f)
				[
					SAssignNew(Value, STextBlock)
					.AutoWrapText(true)
				]
			];
			Values.Add(Value);
		}
	}
}

void SCSTalkStatusTab::FillRows(const TArray<FCSTalkStatus>& Ports)
{
	int32 Place = 0;
	for (const FCSTalkStatus& Port : Ports)
	{
		for (const FCSTalkStatusRow& Row : DescribeCSTalkStatus(Port))
		{
			Values[Place]->SetText(Row.Value);
			Values[Place]->SetColorAndOpacity(Row.bWarning ? FSlateColor(FLinearColor(1.0f, 0.6f, 0.1f)) : FSlateColor::UseForeground());
			++Place;
		}
	}
}

FReply SCSTalkStatusTab::OnBindClicked()
{
	ResultBlock->SetText(BindSelectedCSTalkFaces());
	return FReply::Handled();
}

FReply SCSTalkStatusTab::OnCheckClicked()
{
	ResultBlock->SetText(CheckSelectedCSTalkFaces());
	return FReply::Handled();
}

FReply SCSTalkStatusTab::OnImportClicked()
{
	ResultBlock->SetText(ImportCSTalkTake());
	return FReply::Handled();
}

#undef LOCTEXT_NAMESPACE

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "SCSTalkSourcePanel.h"

#include "CSTalkLiveLinkSource.h"
#include "CSTalkSettings.h"
#include "Widgets/Input/SButton.h"
#include "Widgets/Input/SEditableTextBox.h"
#include "Widgets/SBoxPanel.h"
#include "Widgets/Text/STextBlock.h"

#define LOCTEXT_NAMESPACE "SCSTalkSourcePanel"

void SCSTalkSourcePanel::Construct(const FArguments& InArgs)
{
	OnSourceCreated = InArgs._OnSourceCreated;
	const FString Default = GetDefault<UCSTalkSettings>()->Connection.ToString();

	ChildSlot
	[
		SNew(SVerticalBox)
		+ SVerticalBox::Slot()
		.AutoHeight()
		[
			SNew(STextBlock)
			.Text(LOCTEXT("Label", "Address:port and subject"))
		]
		+ SVerticalBox::Slot()
		.AutoHeight()
		[
			SAssignNew(ConnectionBox, SEditableTextBox)
			.Text(FText::FromString(Default))
			.MinDesiredWidth(240.0f)
		]
		+ SVerticalBox::Slot()
		.AutoHeight()
		[
			SNew(STextBlock)
			.Text(this, &SCSTalkSourcePanel::GetFault)
		]
		+ SVerticalBox::Slot()
		.AutoHeight()
		[
			SNew(SButton)
			.Text(LOCTEXT("Add", "Add"))
			.OnClicked(this, &SCSTalkSourcePanel::OnAddClicked)
		]
	];
}

FText SCSTalkSourcePanel::GetFault() const
{
	return Fault;
}

FReply SCSTalkSourcePanel::OnAddClicked()
{
	FCSTalkConnection Connection;
	FString Wrong;
	if (FCSTalkConnection::Parse(ConnectionBox->GetText().ToString(), Connection, Wrong))
	{
		Fault = FText::GetEmpty();
		OnSourceCreated.ExecuteIfBound(MakeShared<FCSTalkLiveLinkSource>(Connection), Connection.ToString());
	}
	else
	{
		Fault = FText::FromString(Wrong);
	}
	return FReply::Handled();
}

#undef LOCTEXT_NAMESPACE

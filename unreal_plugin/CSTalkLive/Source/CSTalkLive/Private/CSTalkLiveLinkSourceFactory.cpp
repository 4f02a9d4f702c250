// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkLiveLinkSourceFactory.h"

#include "CSTalkLiveLinkSource.h"
#include "CSTalkLog.h"
#include "SCSTalkSourcePanel.h"

#define LOCTEXT_NAMESPACE "CSTalkLiveLinkSourceFactory"

FText UCSTalkLiveLinkSourceFactory::GetSourceDisplayName() const
{
	return LOCTEXT("DisplayName", "CSTalk");
}

FText UCSTalkLiveLinkSourceFactory::GetSourceTooltip() const
{
	return LOCTEXT("Tooltip", "Hears the face of cstalk-live: 251 MetaHuman curves, 60 times a second");
}

ULiveLinkSourceFactory::EMenuType UCSTalkLiveLinkSourceFactory::GetMenuType() const
{
	return EMenuType::SubPanel;
}

TSharedPtr<SWidget> UCSTalkLiveLinkSourceFactory::BuildCreationPanel(FOnLiveLinkSourceCreated OnSourceCreated) const
{
	return SNew(SCSTalkSourcePanel).OnSourceCreated(OnSourceCreated);
}

TSharedPtr<ILiveLinkSource> UCSTalkLiveLinkSourceFactory::CreateSource(const FString& ConnectionString) const
{
	FCSTalkConnection Connection;
	FString Fault;
	if (!FCSTalkConnection::Parse(ConnectionString, Connection, Fault))
	{
		UE_LOG(LogCSTalk, Warning, TEXT("no source for '%s': %s"), *ConnectionString, *Fault);
		return nullptr;
	}
	return MakeShared<FCSTalkLiveLinkSource>(Connection);
}

#undef LOCTEXT_NAMESPACE

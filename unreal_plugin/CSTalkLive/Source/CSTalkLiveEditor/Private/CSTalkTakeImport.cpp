// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkTakeImport.h"

#include "DesktopPlatformModule.h"
#include "Engine/Engine.h"
#include "Framework/Application/SlateApplication.h"
#include "IDesktopPlatform.h"

#define LOCTEXT_NAMESPACE "CSTalkTakeImport"

FString MakeCSTalkImportCommand(const FString& File)
{
	// A text of Python between single quotes: slashes need no escape, quotes do.
	const FString Quoted = File.Replace(TEXT("\\"), TEXT("/")).Replace(TEXT("'"), TEXT("\\'"));
	return FString::Printf(TEXT("py __import__('cstalk_import').import_from_panel('%s')"), *Quoted);
}

FText ImportCSTalkTake()
{
	IDesktopPlatform* Desktop = FDesktopPlatformModule::Get();
	if (Desktop == nullptr || GEngine == nullptr)
	{
		return LOCTEXT("NoDialog", "This system has no dialog to choose a file.");
	}
	TArray<FString> Files;
	const bool bChosen = Desktop->OpenFileDialog(FSlateApplication::Get().FindBestParentWindowHandleForDialogs(nullptr),
		LOCTEXT("Choose", "curves.csv of a take, or a table of 'cstalk-live bake'").ToString(), FString(), FString(),
		TEXT("Takes (*.csv)|*.csv"), EFileDialogFlags::None, Files);
	if (!bChosen || Files.Num() == 0)
	{
		return FText::GetEmpty();
	}
	if (!GEngine->Exec(nullptr, *MakeCSTalkImportCommand(Files[0])))
	{
		return LOCTEXT("NoPython", "Importing needs the plugin Python Editor Script Plugin: switch it on, and restart.");
	}
	return LOCTEXT("SeeLog", "The Output Log says what was imported.");
}

#undef LOCTEXT_NAMESPACE

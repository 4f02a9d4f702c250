// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// editor_check unit: clicks through the editor module on the stand-in engine.
// editor_check command FILE: the console command that imports a file.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "../cpp/commands.h"
#include "../cpp/testing.h"
#include "../live/stage.h"
#include "Animation/AnimInstance.h"
#include "Animation/Skeleton.h"
#include "CSTalkBlueprintLibrary.h"
#include "CSTalkFaceComponent.h"
#include "CSTalkStatus.h"
#include "CSTalkStatusRows.h"
#include "CSTalkSubsystem.h"
#include "CSTalkTakeImport.h"
#include "Components/SkeletalMeshComponent.h"
#include "DesktopPlatformModule.h"
#include "Editor.h"
#include "Engine/SkeletalMesh.h"
#include "Engine/World.h"
#include "Framework/Application/SlateApplication.h"
#include "Framework/Docking/TabManager.h"
#include "GameFramework/Actor.h"
#include "IDesktopPlatform.h"
#include "Modules/ModuleManager.h"
#include "ScopedTransaction.h"
#include "Selection.h"
#include "Widgets/Docking/SDockTab.h"
#include "Widgets/Input/SButton.h"
#include "Widgets/Text/STextBlock.h"
#include "WorkspaceMenuStructure.h"
#include "WorkspaceMenuStructureModule.h"

IModuleInterface* ShimMakeCSTalkLive();
IModuleInterface* ShimMakeCSTalkLiveEditor();

UEditorEngine* GEditor = nullptr;

namespace {

const FName kTab(TEXT("CSTalkLiveStatus"));
class Menu final : public IWorkspaceMenuStructure {
 public:
  TSharedRef<FWorkspaceItem> GetLevelEditorVirtualProductionCategory() const override { return category; }
  TSharedRef<FWorkspaceItem> category = MakeShared<FWorkspaceItem>();
};

class Dialog final : public IDesktopPlatform {
 public:
  bool OpenFileDialog(const void*, const FString&, const FString&, const FString&, const FString& types, uint32,
                      TArray<FString>& out) override {
    ++asked;
    EXPECT(types.Contains(TEXT("*.csv")));
    if (chosen.IsEmpty()) return false;
    out.Add(chosen);
    return true;
  }
  FString chosen;
  int asked = 0;
};

// An editor with both modules, a selection, and the status tab open.
struct Desk {
  Desk() : runtime(ShimMakeCSTalkLive()), editor(ShimMakeCSTalkLiveEditor()) {
    GEngine = GEditor = &engine;
    engine.ShimSelection = &selection;
    FDesktopPlatformModule::ShimPlatform = &dialog;
    world.WorldType = EWorldType::Editor;
    runtime->StartupModule();
    editor->StartupModule();
    FTabSpawnerEntry& entry = FGlobalTabmanager::Get()->ShimTabs[kTab];
    tab = entry.ShimSpawn.Execute(FSpawnTabArgs());
  }
  ~Desk() {
    for (const std::unique_ptr<AActor>& actor : actors) {
      if (UCSTalkFaceComponent* face = FaceOf(*actor)) face->OnUnregister();
    }
    tab.Reset();
    editor->ShutdownModule();
    runtime->ShutdownModule();
    GEngine = GEditor = nullptr;
    FDesktopPlatformModule::ShimPlatform = nullptr;
  }

  static UCSTalkFaceComponent* FaceOf(const AActor& actor) { return actor.FindComponentByClass<UCSTalkFaceComponent>(); }

  AActor& Select(const TCHAR* name) {
    actors.push_back(std::make_unique<AActor>());
    AActor& actor = *actors.back();
    actor.ShimName = FName(name);
    actor.ShimWorld = &world;
    selection.ShimSelected.Add(&actor);
    return actor;
  }

  // With a face whose skeleton lists all curves but the first `missing`.
  AActor& SelectMetaHuman(const TCHAR* name, int32 missing = 0) {
    AActor& actor = Select(name);
    USkeletalMeshComponent* face = NewObject<USkeletalMeshComponent>(&actor, FName(TEXT("Face")));
    face->ShimMesh = NewObject<USkeletalMesh>(nullptr);
    face->ShimMesh->ShimSkeleton = NewObject<USkeleton>(nullptr);
    const TArray<FName> names = UCSTalkBlueprintLibrary::GetPropertyNames();
    for (int32 k = missing; k < names.Num(); ++k) face->ShimMesh->ShimSkeleton->ShimCurves.Add(names[k]);
    actor.AddInstanceComponent(face);
    return actor;
  }

  std::vector<STextBlock*> Blocks() const {
    std::vector<STextBlock*> found;
    tab->ShimVisit([&found](SWidget& widget) {
      if (STextBlock* block = widget.ShimAsText()) found.push_back(block);
    });
    return found;
  }

  std::string Shown() const {
    std::string text;
    for (const STextBlock* block : Blocks()) text += block->GetText().ToString().ShimUtf8() + "\n";
    return text;
  }

  bool Shows(const char* text) const { return Shown().find(text) != std::string::npos; }

  void Click(const TCHAR* label) {
    int clicked = 0;
    tab->ShimVisit([&](SWidget& widget) {
      SButton* button = widget.ShimAsButton();
      if (button != nullptr && button->Shim.ShimLabel.ToString() == FString(label)) {
        button->Shim.ShimClicked();
        ++clicked;
      }
    });
    EXPECT(clicked == 1);
  }

  void Refresh() {
    int timers = 0;
    tab->ShimVisit([&](SWidget& widget) {
      if (widget.ShimTimer.ShimIsBound()) {
        EXPECT(widget.ShimTimer.Execute(0.0, 0.2f) == EActiveTimerReturnType::Continue);
        ++timers;
      }
    });
    EXPECT(timers == 1);
  }

  UEditorEngine engine;
  USelection selection;
  UWorld world;
  Dialog dialog;
  std::unique_ptr<IModuleInterface> runtime, editor;
  std::vector<std::unique_ptr<AActor>> actors;
  TSharedPtr<SDockTab> tab;
};

FCSTalkStatus Healthy() {
  FCSTalkStatus status;
  status.bListening = status.bConnected = true;
  status.FramesPerSecond = status.AppliedPerSecond = status.EngineFramesPerSecond = 60.0f;
  status.FramesReceived = 6000;
  status.FacesBound = 1;
  status.SenderVersion = TEXT("0.1.0");
  status.SenderSubject = TEXT("CSTalk");
  return status;
}

// The places of the rows that warn, as digits.
std::string Warnings(const FCSTalkStatus& status) {
  const TArray<FCSTalkStatusRow> rows = DescribeCSTalkStatus(status);
  EXPECT(rows.Num() == 8);
  std::string found;
  for (int32 k = 0; k < rows.Num(); ++k) {
    EXPECT(!rows[k].Label.IsEmpty());
    EXPECT(!rows[k].Value.IsEmpty());
    if (rows[k].bWarning) found += static_cast<char>('0' + k);
  }
  return found;
}

std::string Value(const FCSTalkStatus& status, int32 row) { return DescribeCSTalkStatus(status)[row].Value.ToString().ShimUtf8(); }

}  // namespace

IWorkspaceMenuStructure& WorkspaceMenu::GetMenuStructure() {
  static Menu menu;
  return menu;
}

CSTALK_TEST(the_tab_is_in_the_virtual_production_menu_while_the_module_lives) {
  {
    const Desk desk;
    const FTabSpawnerEntry& entry = FGlobalTabmanager::Get()->ShimTabs[kTab];
    EXPECT(entry.ShimName.ToString() == FString(TEXT("CSTalk Live")));
    EXPECT(entry.ShimGroup.Get() == &WorkspaceMenu::GetMenuStructure().GetLevelEditorVirtualProductionCategory().Get());
    EXPECT(desk.tab->ShimRole == ETabRole::NomadTab);
  }
  EXPECT(FGlobalTabmanager::Get()->ShimTabs.empty());
}

CSTALK_TEST(an_editor_that_closes_slate_first_is_no_trouble) {
  {
    const Desk desk;
    FSlateApplication::ShimInitialized = false;
  }
  FSlateApplication::ShimInitialized = true;
  EXPECT(FGlobalTabmanager::Get()->UnregisterNomadTabSpawner(kTab));
}

CSTALK_TEST(rows_warn_for_what_is_wrong_and_for_nothing_else) {
  EXPECT(Warnings(Healthy()).empty());
  FCSTalkStatus status = Healthy();
  status.bListening = status.bConnected = false;
  status.FacesBound = 0;
  EXPECT(Warnings(status) == "0");
  status = Healthy();
  status.bConnected = false;
  EXPECT(Warnings(status) == "0");
  status = Healthy();
  status.bMicrophoneLost = true;
  EXPECT(Warnings(status) == "2");
  status = Healthy();
  status.FramesPerSecond = status.AppliedPerSecond = 40.0f;
  EXPECT(Warnings(status) == "3");
  status = Healthy();
  status.FramesMissing = 61;
  EXPECT(Warnings(status) == "5");
  status.FramesMissing = 59;
  EXPECT(Warnings(status).empty());
  status = Healthy();
  status.UnknownNames = 3;
  EXPECT(Warnings(status) == "6");
  status = Healthy();
  status.FacesBound = 0;
  EXPECT(Warnings(status) == "7");
  status = Healthy();
  status.AppliedPerSecond = 30.0f;
  EXPECT(Warnings(status) == "7");
  status.EngineFramesPerSecond = 30.0f;  // a slow engine shows what it can
  EXPECT(Warnings(status).empty());
}

CSTALK_TEST(rows_say_the_numbers) {
  FCSTalkStatus status = Healthy();
  status.SenderDelayMs = 66.7f;
  status.LatenessMs = 4.2f;
  status.SuggestedDelayMs = 24.6f;
  status.FramesMissing = 12;
  EXPECT(Value(status, 0) == "127.0.0.1:9000 CSTalk: connected");
  EXPECT(Value(status, 1) == "cstalk-live 0.1.0, face CSTalk");
  EXPECT(Value(status, 3) == "60.0 received, 60.0 shown, engine 60.0");
  EXPECT(Value(status, 4).find("67 ms in cstalk-live, up to 4 ms late on the way; a playout delay of 25 ms") == 0);
  EXPECT(Value(status, 5) == "12 of 6012 (0.20 %)");
  EXPECT(Value(status, 2) == "silent");
  status.bSpeech = true;
  EXPECT(Value(status, 2) == "speaking");
  status.Emotion.bMuted = true;
  EXPECT(Value(status, 2) == "muted");
  EXPECT(Value(FCSTalkStatus(), 1) == "none yet");
  EXPECT(Value(FCSTalkStatus(), 5) == "0 of 0 (0.00 %)");
}

CSTALK_TEST(the_tab_follows_the_ports) {
  Desk desk;
  desk.Refresh();
  EXPECT(desk.Shows("No port is open"));
  FString fault;
  const FCSTalkConnection connection = At(FreePort());
  EXPECT(UCSTalkSubsystem::Get()->StartReceiver(connection, fault));
  desk.Refresh();
  EXPECT(!desk.Shows("No port is open"));
  EXPECT(desk.Shows((connection.ToString().ShimUtf8() + ": no frames").c_str()));
  const std::size_t blocks = desk.Blocks().size();
  desk.Refresh();
  EXPECT(desk.Blocks().size() == blocks);
  EXPECT(!desk.Blocks()[1]->ShimColor.ShimForeground);  // the connection warns
  EXPECT(desk.Blocks()[3]->ShimColor.ShimForeground);
  UCSTalkSubsystem::Get()->StopReceiver(connection);
  desk.Refresh();
  EXPECT(desk.Shows("No port is open"));
}

CSTALK_TEST(binding_needs_a_selection_with_a_mesh) {
  Desk desk;
  desk.Click(TEXT("Bind selected MetaHuman"));
  EXPECT(desk.Shows("Nothing is selected"));
  AActor& light = desk.Select(TEXT("Light"));
  desk.Click(TEXT("Bind selected MetaHuman"));
  EXPECT(desk.Shows("Light: has no skeletal mesh"));
  EXPECT(Desk::FaceOf(light) == nullptr);
}

CSTALK_TEST(binding_adds_one_component_that_speaks_in_the_editor) {
  Desk desk;
  AActor& ann = desk.SelectMetaHuman(TEXT("Ann"));
  AActor& bob = desk.SelectMetaHuman(TEXT("Bob"), 7);
  desk.Click(TEXT("Bind selected MetaHuman"));
  UCSTalkFaceComponent* face = Desk::FaceOf(ann);
  EXPECT(face != nullptr && face->IsBound() && face->bUpdateInEditor && face->ShimRegistered);
  EXPECT(face != nullptr && face->GetFaceMesh() == ann.FindComponentByClass<USkeletalMeshComponent>());
  EXPECT(ann.ShimModified == 1 && bob.ShimModified == 1);
  EXPECT(FScopedTransaction::ShimOpen == 0);
  EXPECT(desk.Shows("its skeleton lists every curve"));
  EXPECT(desk.Shows("does not list 7 of the curves, such as CTRL_expressions_"));
  const int32 components = ann.ShimComponents.Num();
  desk.Click(TEXT("Bind selected MetaHuman"));
  EXPECT(ann.ShimComponents.Num() == components);
  EXPECT(Desk::FaceOf(ann) == face && face->IsBound());
}

CSTALK_TEST(a_component_that_was_there_is_told_to_speak_in_the_editor) {
  Desk desk;
  AActor& ann = desk.SelectMetaHuman(TEXT("Ann"));
  UCSTalkFaceComponent* face = NewObject<UCSTalkFaceComponent>(&ann);
  ann.AddInstanceComponent(face);
  face->RegisterComponent();
  EXPECT(!face->IsBound());
  desk.Click(TEXT("Bind selected MetaHuman"));
  EXPECT(face->IsBound() && face->bUpdateInEditor && face->ShimModified == 1);
}

CSTALK_TEST(checking_changes_nothing) {
  Desk desk;
  desk.Click(TEXT("Check selected face"));
  EXPECT(desk.Shows("Nothing is selected"));
  AActor& ann = desk.SelectMetaHuman(TEXT("Ann"));
  desk.Click(TEXT("Check selected face"));
  EXPECT(desk.Shows("Ann: has no CSTalk Face component"));
  EXPECT(Desk::FaceOf(ann) == nullptr && ann.ShimModified == 0);
  desk.Click(TEXT("Bind selected MetaHuman"));
  desk.Click(TEXT("Check selected face"));
  EXPECT(desk.Shows("its skeleton lists every curve"));
}

CSTALK_TEST(importing_asks_for_a_table_and_hands_it_to_python) {
  Desk desk;
  desk.Click(TEXT("Import take..."));
  EXPECT(desk.dialog.asked == 1 && desk.engine.ShimCommands.empty());
  desk.dialog.chosen = TEXT("C:\\takes\\a\\curves.csv");
  desk.Click(TEXT("Import take..."));
  EXPECT(desk.engine.ShimCommands.size() == 1);
  EXPECT(desk.engine.ShimCommands.back() == L"py __import__('cstalk_import').import_from_panel('C:/takes/a/curves.csv')");
  EXPECT(desk.Shows("Output Log"));
  desk.engine.ShimTakesCommands = false;
  desk.Click(TEXT("Import take..."));
  EXPECT(desk.Shows("Python Editor Script Plugin"));
  FDesktopPlatformModule::ShimPlatform = nullptr;
  desk.Click(TEXT("Import take..."));
  EXPECT(desk.Shows("no dialog"));
}

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "command") == 0) {
    const FString file(ShimText::FromUtf8(argv[2]).c_str());
    std::printf("%s", MakeCSTalkImportCommand(file).ShimUtf8().c_str());
    return 0;
  }
  return RunUnit(argc, argv);
}

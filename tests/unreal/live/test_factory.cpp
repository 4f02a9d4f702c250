// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// What people touch: the factory, the panel, the subsystem, the console.
#include "CSTalkBlueprintLibrary.h"
#include "CSTalkLiveLinkSourceFactory.h"
#include "CSTalkSelfTest.h"
#include "CSTalkSubsystem.h"
#include "Engine/Engine.h"
#include "HAL/IConsoleManager.h"
#include "SCSTalkSourcePanel.h"
#include "../cpp/packets.h"
#include "cstalk/Recording.h"
#include "stage.h"

namespace {

// Types a command with arguments; false when there is none of that name.
bool Type(const wchar_t* name, const TArray<FString>& arguments = {}) {
  for (const auto& command : FAutoConsoleCommand::ShimCommands()) {
    if (command.first == name) {
      command.second.Execute(arguments);
      return true;
    }
  }
  return false;
}

}  // namespace

CSTALK_TEST(the_factory_makes_what_a_preset_stored_and_refuses_the_rest) {
  HubGuard hub;
  const UCSTalkLiveLinkSourceFactory* factory = GetDefault<UCSTalkLiveLinkSourceFactory>();
  EXPECT(factory->GetMenuType() == ULiveLinkSourceFactory::EMenuType::SubPanel);
  EXPECT(factory->CreateSource(FString(TEXT("127.0.0.1:9123 Ana"))).IsValid());
  EXPECT(factory->CreateSource(FString()).IsValid());
  ShimTakeLog();
  EXPECT(!factory->CreateSource(FString(TEXT("127.0.0.1:99999"))).IsValid());
  EXPECT(Logged("the port is not a number"));
  int made = 0;
  const auto panel = factory->BuildCreationPanel(ULiveLinkSourceFactory::FOnLiveLinkSourceCreated::CreateLambda(
      [&made](TSharedPtr<ILiveLinkSource> source, FString text) { made += source.IsValid() && !text.IsEmpty() ? 1 : 0; }));
  EXPECT(panel.IsValid() && made == 0);
}

CSTALK_TEST(asking_twice_gives_one_source) {
  HubGuard hub;
  FakeClient client;
  UCSTalkSubsystem* subsystem = UCSTalkSubsystem::Get();
  const FCSTalkConnection where = At(FreePort());
  EXPECT(subsystem->EnsureLiveLinkSource(where) && subsystem->EnsureLiveLinkSource(where));
  EXPECT(client.Sources() == 1);
  FString fault;
  EXPECT(subsystem->StartReceiver(where, fault) && fault.IsEmpty());
  EXPECT(subsystem->StartReceiver(where, fault));
  EXPECT(subsystem->GetAllStatus().Num() == 1 && subsystem->GetAllStatus()[0].bListening);
  Program program;
  client.Tick();
  program.SendFrames(static_cast<std::uint16_t>(where.Port), 5);
  const FName jaw(TEXT("ctrl_expressions_jawopen"));
  EXPECT(Until([&] { return subsystem->GetNewestPose(where).Find(jaw) != nullptr; }, 5.0, [] { FCSTalkHub::Get()->Tick(0.0f); }));
  EXPECT(*subsystem->GetNewestPose(where).Find(jaw) == 0.5f && subsystem->GetNewestPose(where).Num() == 260);
  FCSTalkConnection bad = where;
  bad.Port = 0;
  EXPECT(!subsystem->StartReceiver(bad, fault) && !fault.IsEmpty());
  subsystem->StopReceiver(where);
  EXPECT(subsystem->GetAllStatus().Num() == 1);  // the source keeps it
  subsystem->Deinitialize();
}

CSTALK_TEST(the_console_answers) {
  HubGuard hub;
  ShimTakeLog();
  EXPECT(Type(L"cstalk.stats") && Logged("no port is open"));
  TArray<FString> where;
  where.Add(At(FreePort()).ToString());
  EXPECT(Type(L"cstalk.listen", where) && Type(L"cstalk.stats") && Logged("no packets yet"));
  EXPECT(Type(L"cstalk.listen", {FString(TEXT("1.2.3.4.5"))}) && Logged("four numbers"));
  EXPECT(Type(L"cstalk.emotion", {FString(TEXT("happy"))}) && Logged("no cstalk-live sends"));
  EXPECT(Type(L"cstalk.selftest") && Logged("a packet keeps its meaning"));
  EXPECT(Type(L"cstalk.stop", where));
  FCSTalkHub::Get()->Tick(0.0f);
  EXPECT(FCSTalkHub::Get()->GetReceivers().Num() == 0);
}

CSTALK_TEST(what_came_is_recorded_for_a_report) {
  HubGuard hub;
  const std::uint16_t port = FreePort();
  FCSTalkReceiverPtr receiver = FCSTalkHub::Get()->Acquire(At(port));
  ShimTakeLog();
  EXPECT(Type(L"cstalk.record") && Logged("recording port"));
  Program program;
  program.SendFrames(port, 3);
  program.Send(port, "rubbish", 7);
  EXPECT(Until([&] { return receiver->GetStats().packets.load() == 4; }));
  EXPECT(Type(L"cstalk.record"));
  std::string path;
  for (const std::string& line : ShimTakeLog()) {
    if (line.find("recorded: ") != std::string::npos) path = line.substr(line.find("recorded: ") + 10);
  }
  const std::vector<std::uint8_t> bytes = path.empty() ? std::vector<std::uint8_t>() : ReadFile(path);
  std::remove(path.c_str());
  cstalk::RecordingReader reader(bytes.data(), bytes.size());
  cstalk::RecordedArrival arrival;
  int frames = 0;
  int others = 0;
  while (reader.Next(arrival)) {
    EXPECT(arrival.sender.port == program.Port());
    (arrival.size == 1372 ? frames : others) += 1;
  }
  EXPECT(frames == 3 && others == 1 && !reader.Damaged());
}

CSTALK_TEST(the_self_test_passes_where_live_link_is) {
  HubGuard hub;
  FakeClient client;
  const std::string report = UCSTalkBlueprintLibrary::RunSelfTest().ShimUtf8();
  EXPECT(report.find("FAIL") == std::string::npos && report.find("pass  Live Link is there") != std::string::npos);
  EXPECT(report.find("CSTalkLive 0.1.0 in Unreal Engine 5.8.0") == 0);
}

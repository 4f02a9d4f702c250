// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// The Live Link source against a client that forgives nothing.
#include <atomic>

#include "CSTalkLiveLinkSourceFactory.h"
#include "CSTalkLiveLinkSourceSettings.h"
#include "HAL/PlatformTime.h"
#include "UObject/UnrealType.h"
#include "stage.h"

namespace {

TSharedPtr<ILiveLinkSource> Source(const FCSTalkConnection& connection) { return MakeShared<FCSTalkLiveLinkSource>(connection); }

std::string StatusOf(const TSharedPtr<ILiveLinkSource>& source) { return source->GetSourceStatus().ToString().ShimUtf8(); }

// Sends one frame a millisecond until it is destroyed.
class Torrent {
 public:
  explicit Torrent(std::uint16_t to, std::uint32_t session = 7)
      : thread_([this, to, session] {
          Program program(0, session);
          while (!stop_.load()) program.SendFrames(to, 1);
        }) {}
  ~Torrent() {
    stop_.store(true);
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace

CSTALK_TEST(static_data_comes_once_and_before_all_frames) {
  HubGuard hub;
  FakeClient client;
  const std::uint16_t port = FreePort();
  const auto source = Source(At(port));
  client.AddSource(source);
  Program program;
  // Before the first update nothing may appear: a preset could still be making the subject it stored.
  program.SendFrames(port, 5);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT(client.Subject("CSTalk").statics == 0);
  client.Tick();
  program.SendFrames(port, 60);
  EXPECT(Until([&] { return client.Frames("CSTalk") == 60; }, 5.0, [&] { client.Tick(); }));
  const FakeSubject subject = client.Subject("CSTalk");
  EXPECT(subject.statics == 1 && subject.clears == 0);
  EXPECT(subject.names.size() == 260 && subject.names[0] == "CTRL_expressions_browDownL" && subject.names[259] == "DisableFaceOverride");
  bool same = true;
  bool rising = true;
  for (std::size_t k = 0; k < subject.values.size(); ++k) {
    same = same && subject.values[k][0] == 0.5f && subject.values[k].size() == 260;
    rising = rising && (k == 0 || subject.times[k] > subject.times[k - 1]);
  }
  EXPECT(same && rising);
  EXPECT(std::abs(subject.times.back() - FPlatformTime::Seconds()) < 1.0);
  EXPECT(source->IsSourceStillValid());
  cstalk::Heartbeat beat;
  const FCSTalkReceiverRef receiver = FCSTalkHub::Get()->GetReceivers()[0];
  receiver->GetReport().Fill(0, receiver->GetStream(), receiver->GetStats(), "CSTalk", "5.8.0", "1", beat);
  EXPECT(beat.flags == cstalk::kBeatPublished);
  EXPECT(StatusOf(source).find("connected") == 0 || StatusOf(source).find("no frames") == 0);
  client.Remove(source);
  EXPECT(client.Faults().empty());
}

CSTALK_TEST(a_subject_without_interpolation_gets_one) {
  HubGuard hub;
  FakeClient client;
  client.subjectsHaveInterpolation = false;
  const std::uint16_t port = FreePort();
  const auto source = Source(At(port));
  client.AddSource(source);
  client.Tick();
  Program program;
  program.SendFrames(port, 3);
  EXPECT(Until([&] { return client.Frames("CSTalk") == 3; }));
  client.Tick();
  EXPECT(client.Subject("CSTalk").settings->InterpolationProcessor != nullptr);
  client.Remove(source);
}

CSTALK_TEST(nothing_is_pushed_after_a_shutdown_was_agreed) {
  HubGuard hub;
  const std::uint16_t port = FreePort();
  Torrent torrent(port);
  for (int round = 0; round < 25; ++round) {
    FakeClient client;
    client.pushDelayMs = round % 3;
    const auto source = Source(At(port));
    client.AddSource(source);
    EXPECT(Until([&] { return client.Frames("CSTalk") > 3; }, 5.0, [&] { client.Tick(); }));
    client.Remove(source);
    const std::size_t then = client.Frames("CSTalk");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT(client.Frames("CSTalk") == then);
    EXPECT(client.Faults().empty());
    EXPECT(source->RequestSourceShutdown());  // asked again: still agreed
    EXPECT(!source->IsSourceStillValid());
    FCSTalkHub::Get()->Tick(0.0f);
  }
}

CSTALK_TEST(a_source_may_be_destroyed_as_it_is) {
  HubGuard hub;
  const std::uint16_t port = FreePort();
  { const auto never = Source(At(port)); }  // that never had a client
  Torrent torrent(port);
  FakeClient client;
  for (int round = 0; round < 10; ++round) {
    FCSTalkLiveLinkSource source(At(port));
    FGuid guid;
    guid.A = 100;
    source.ReceiveClient(&client, guid);
    source.Update();
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  const std::size_t then = client.Frames("CSTalk");
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT(client.Frames("CSTalk") == then);
}

CSTALK_TEST(the_module_may_go_before_its_sources) {
  const std::uint16_t port = FreePort();
  Torrent torrent(port);
  FakeClient client;
  FCSTalkHub::Startup();
  const auto source = Source(At(port));
  client.AddSource(source);
  EXPECT(Until([&] { return client.Frames("CSTalk") > 0; }, 5.0, [&] { client.Tick(); }));
  FCSTalkHub::Shutdown();
  const std::size_t then = client.Frames("CSTalk");
  client.Tick();
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT(client.Frames("CSTalk") == then);
  client.Remove(source);
  EXPECT(client.Faults().empty());
}

CSTALK_TEST(a_port_in_use_is_said_and_tried_again) {
  HubGuard hub;
  FakeClient client;
  auto other = std::make_unique<Program>();
  const std::uint16_t port = other->Port();
  ShimTakeLog();
  const auto source = Source(At(port));
  client.AddSource(source);
  client.Tick();
  EXPECT(!source->IsSourceStillValid());
  EXPECT(StatusOf(source).find("in use by another program") != std::string::npos);
  EXPECT(Logged("in use by another program"));
  other.reset();
  EXPECT(Until([&] { return source->IsSourceStillValid(); }, 6.0, [&] { client.Tick(); }));
  EXPECT(Logged("listening on 127.0.0.1"));
  Program program;
  program.SendFrames(port, 5);
  EXPECT(Until([&] { return client.Frames("CSTalk") == 5; }, 5.0, [&] { client.Tick(); }));
  client.Remove(source);
}

CSTALK_TEST(an_address_of_another_machine_is_said) {
  HubGuard hub;
  FakeClient client;
  FCSTalkConnection connection = At(FreePort());
  connection.Address = TEXT("203.0.113.7");
  const auto source = Source(connection);
  client.AddSource(source);
  EXPECT(StatusOf(source).find("no address of this machine") != std::string::npos);
  connection.Address = TEXT("nowhere");
  const auto wrong = Source(connection);
  client.AddSource(wrong);
  EXPECT(StatusOf(wrong).find("four numbers") != std::string::npos);
  client.Remove(source);
  client.Remove(wrong);
}

CSTALK_TEST(changed_settings_take_effect_and_are_kept_for_presets) {
  HubGuard hub;
  FakeClient client;
  const std::uint16_t first = FreePort();
  const auto source = Source(At(first));
  client.AddSource(source);
  auto* settings = Cast<UCSTalkLiveLinkSourceSettings>(client.SettingsOf(source));
  EXPECT(settings != nullptr && settings->Factory.Get() == UCSTalkLiveLinkSourceFactory::StaticClass());
  EXPECT(settings->BufferSettings.MaxNumberOfFrameToBuffered == 30);
  EXPECT(settings->ConnectionString == At(first).ToString());
  client.Tick();
  Program program;
  program.SendFrames(first, 3);
  EXPECT(Until([&] { return client.Frames("CSTalk") == 3; }));
  const std::uint16_t second = FreePort();
  settings->Connection = At(second, "Ana");
  source->OnSettingsChanged(settings, FPropertyChangedEvent());
  EXPECT(settings->ConnectionString == At(second, "Ana").ToString());
  EXPECT(Until([&] { return client.Subject("CSTalk").removals == 1; }, 2.0, [&] { client.Tick(); }));
  client.Tick();
  program.SendFrames(second, 4);
  EXPECT(Until([&] { return client.Frames("Ana") == 4; }, 5.0, [&] { client.Tick(); }));
  EXPECT(client.Subject("Ana").statics == 1 && client.Frames("CSTalk") == 3);
  settings->Connection.Port = 70000;
  ShimTakeLog();
  source->OnSettingsChanged(settings, FPropertyChangedEvent());
  EXPECT(Logged("connection not changed") && settings->Connection == At(second, "Ana"));
  EXPECT(source->IsSourceStillValid());
  client.Remove(source);
  EXPECT(client.Faults().empty());
}

CSTALK_TEST(two_sources_share_a_port) {
  HubGuard hub;
  FakeClient client;
  const std::uint16_t port = FreePort();
  const auto one = Source(At(port, "One"));
  const auto two = Source(At(port, "Two"));
  client.AddSource(one);
  client.AddSource(two);
  EXPECT(one->IsSourceStillValid() && two->IsSourceStillValid());
  EXPECT(FCSTalkHub::Get()->GetReceivers().Num() == 1);
  client.Tick();
  Program program;
  program.SendFrames(port, 20);
  EXPECT(Until([&] { return client.Frames("One") == 20 && client.Frames("Two") == 20; }, 5.0, [&] { client.Tick(); }));
  client.Remove(one);
  FCSTalkHub::Get()->Tick(0.0f);
  program.SendFrames(port, 20);
  EXPECT(Until([&] { return client.Frames("Two") == 40; }, 5.0, [&] { client.Tick(); }));
  EXPECT(client.Frames("One") == 20);
  client.Remove(two);
  EXPECT(FCSTalkHub::Get()->GetReceivers().Num() == 1);  // not closed under the client's lock
  FCSTalkHub::Get()->Tick(0.0f);
  EXPECT(FCSTalkHub::Get()->GetReceivers().Num() == 0);
  EXPECT(Program(port).Bound());
  EXPECT(client.Faults().empty());
}

CSTALK_TEST(sources_come_and_go_while_frames_come) {
  HubGuard hub;
  FakeClient client;
  const std::uint16_t port = FreePort();
  const auto stays = Source(At(port, "Stays"));
  client.AddSource(stays);
  Torrent torrent(port);
  for (int round = 0; round < 25; ++round) {
    const auto passes = Source(At(port, "Passes"));
    client.AddSource(passes);
    const std::size_t before = client.Frames("Passes");
    EXPECT(Until([&] { return client.Frames("Passes") > before; }, 5.0, [&] { client.Tick(); }));
    client.Remove(passes);
    FCSTalkHub::Get()->Tick(0.0f);
  }
  EXPECT(FCSTalkHub::Get()->GetReceivers().Num() == 1);
  EXPECT(client.Subject("Stays").statics == 1 && client.Faults().empty());
}

CSTALK_TEST(a_flood_and_a_game_thread_that_stands_still_do_no_harm) {
  HubGuard hub;
  FakeClient client;
  const std::uint16_t port = FreePort();
  const auto source = Source(At(port));
  client.AddSource(source);
  client.Tick();
  Program program;
  Program stranger(0, 8);
  std::uint8_t garbage[600];
  for (std::size_t k = 0; k < sizeof garbage; ++k) garbage[k] = static_cast<std::uint8_t>(k * 37 + 11);
  // The game thread stands still: of 200 frames the client is given 64.
  for (int k = 0; k < 200; ++k) {
    program.SendFrame(port);
    for (int g = 0; g < 20; ++g) stranger.Send(port, garbage, sizeof garbage);
    stranger.SendFrame(port, 1.0f);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const FCSTalkReceiverRef receiver = FCSTalkHub::Get()->GetReceivers()[0];
  EXPECT(Until([&] { return receiver->GetStats().packets.load() > 4000; }));
  EXPECT(client.Frames("CSTalk") == 64);
  ShimTakeLog();
  FCSTalkHub::Get()->Tick(0.0f);
  EXPECT(Logged("are refused"));
  FCSTalkHub::Get()->Tick(0.0f);
  EXPECT(!Logged("are refused"));  // each mistake once
  client.Tick();
  program.SendFrames(port, 10);
  EXPECT(Until([&] { return client.Frames("CSTalk") == 74; }));
  bool own = true;
  for (const auto& values : client.Subject("CSTalk").values) own = own && values[0] == 0.5f;
  EXPECT(own);
  client.Remove(source);
  EXPECT(client.Faults().empty());
}

CSTALK_TEST(a_program_that_starts_again_clears_the_past_and_keeps_the_names) {
  HubGuard hub;
  FakeClient client;
  const std::uint16_t port = FreePort();
  const auto source = Source(At(port));
  client.AddSource(source);
  client.Tick();
  Program program;
  program.SendFrames(port, 10);
  program.session = 99;
  program.sequence = 0;
  program.SendFrames(port, 10);
  EXPECT(Until([&] { return client.Frames("CSTalk") == 20; }, 5.0, [&] { client.Tick(); }));
  EXPECT(client.Subject("CSTalk").statics == 1 && client.Subject("CSTalk").clears == 1);
  client.Remove(source);
}

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// What goes back to the program: heartbeats and commands.
#include <cstring>

#include "CSTalkSettings.h"
#include "CSTalkSubsystem.h"
#include "cstalk/CommandCodec.h"
#include "cstalk/EmotionCodec.h"
#include "cstalk/HeartbeatCodec.h"
#include "cstalk/Time.h"
#include "HAL/PlatformTime.h"
#include "stage.h"

namespace {

// The project's settings with a shared key, for as long as this lives.
struct KeyGuard {
  explicit KeyGuard(const TCHAR* key) { Settings().SharedKey = key; }
  ~KeyGuard() { Settings().SharedKey = FString(); }
  static UCSTalkSettings& Settings() { return const_cast<UCSTalkSettings&>(*GetDefault<UCSTalkSettings>()); }
};

struct Line {
  HubGuard hub;
  std::uint16_t port = FreePort();
  FCSTalkReceiverPtr receiver = FCSTalkHub::Get()->Acquire(At(port, "Ana"));
  Program program;

  bool Connect() {
    return Until([this] { return receiver->GetStream().Status().connected; }, 5.0, [this] {
      program.SendFrame(port);
      receiver->Pump();
    });
  }
};

bool Ask(FCSTalkReceiver& receiver, std::string& fault, float value = 0.75f) {
  FString text;
  const bool asked = receiver.Command(cstalk::CommandVerb::Emotion, FString(TEXT("happy")), value, 0.5f, text);
  fault = text.ShimUtf8();
  return asked;
}

}  // namespace

CSTALK_TEST(a_heartbeat_goes_back_once_a_second) {
  Line line;
  EXPECT(line.Connect());
  line.receiver->GetReport().FaceBound();
  std::vector<std::uint8_t> bytes;
  const bool came = Until([&] { return !(bytes = line.program.Receive(0.0)).empty(); }, 5.0, [&] {
    line.program.SendFrame(line.port);
    FTSTicker::GetCoreTicker().Tick(0.016f);
    line.receiver->GetReport().NoteApplied(7, line.program.sequence);
  });
  cstalk::Heartbeat beat;
  EXPECT(came && cstalk::DecodeHeartbeat(bytes.data(), bytes.size(), beat) == cstalk::PacketResult::Ok);
  EXPECT(beat.session == 7 && std::strcmp(beat.subject, "Ana") == 0 && std::strcmp(beat.plugin, "0.1.0") == 0);
  EXPECT(std::strcmp(beat.engine, "5.8.0") == 0 && beat.faces == 1 && beat.flags == cstalk::kBeatFaceBound);
  EXPECT(beat.engineFps > 10.0f && beat.appliedPerSecond > 10.0f);
  // Silence: nobody is told anything.
  EXPECT(Until([&] { return !line.receiver->GetStream().Status().connected; }, 5.0, [&] { line.receiver->Tick(); }));
  while (!line.program.Receive(0.1).empty()) {
  }
  EXPECT(!Until([&] { return !line.program.Receive(0.0).empty(); }, 1.2, [&] { line.receiver->Tick(); }));
}

CSTALK_TEST(a_command_reaches_the_program_on_this_machine) {
  Line line;
  std::string fault;
  EXPECT(!Ask(*line.receiver, fault) && fault.find("no cstalk-live sends") != std::string::npos);
  EXPECT(line.Connect());
  EXPECT(!Ask(*line.receiver, fault, 2.0f) && fault.find("out of range") == 0);
  EXPECT(Ask(*line.receiver, fault));
  std::vector<std::uint8_t> bytes = line.program.Receive(5.0);
  cstalk::Command first;
  EXPECT(cstalk::DecodeCommand(bytes.data(), bytes.size(), "", first) == cstalk::PacketResult::Ok);
  EXPECT(first.session == 7 && std::strcmp(first.name, "happy") == 0 && first.value == 0.75f && first.fadeSeconds == 0.5f);
  EXPECT(first.stampUs > 1700000000000000);
  EXPECT(UCSTalkSubsystem::Get()->SetMuted(true, KeyGuard::Settings().AllowedSenders));
  bytes = line.program.Receive(5.0);
  cstalk::Command second;
  EXPECT(cstalk::DecodeCommand(bytes.data(), bytes.size(), "", second) == cstalk::PacketResult::Ok);
  EXPECT(second.verb == cstalk::CommandVerb::Mute && second.value == 1.0f && second.stampUs > first.stampUs);
}

CSTALK_TEST(a_program_elsewhere_is_commanded_with_a_key_only) {
  const cstalk::Sender elsewhere = cstalk::SenderFromIPv4(192, 168, 7, 7, 5000);
  cstalk::FramePacket frame;
  frame.schema = nullptr;
  for (const bool keyed : {false, true}) {
    const KeyGuard key(keyed ? TEXT("secret") : TEXT(""));
    Line line;
    EXPECT(line.Connect());
    std::string fault;
    EXPECT(Ask(*line.receiver, fault));
    const std::vector<std::uint8_t> bytes = line.program.Receive(5.0);
    cstalk::Command command;
    EXPECT(cstalk::DecodeCommand(bytes.data(), bytes.size(), keyed ? "secret" : "", command) == cstalk::PacketResult::Ok);
    // The same frames from another machine: closed, so that this thread may play the receiver's.
    line.receiver->Close();
    FCSTalkReceiver far(At(FreePort()), {FString(), FString(keyed ? TEXT("secret") : TEXT("")), FString(TEXT("5.8.0")), FString(TEXT("1"))});
    frame.schema = &cstalk::RawSchema();
    std::uint8_t packet[cstalk::kMaxDatagram];
    const std::size_t size = cstalk::EncodeFrame(frame, packet, sizeof packet);
    far.TakePacket(packet, static_cast<int32>(size), elsewhere, cstalk::MicrosecondsOf(FPlatformTime::Seconds()));
    far.Pump();
    EXPECT(!Ask(far, fault));
    EXPECT((fault.find("another machine") != std::string::npos) == !keyed);
  }
}

CSTALK_TEST(senders_that_are_not_allowed_are_not_heard) {
  KeyGuard::Settings().AllowedSenders = TEXT("10.1.2.3");
  {
    Line line;
    line.program.SendFrames(line.port, 5);
    EXPECT(Until([&] { return line.receiver->GetStats().packets.load() == 5; }));
    EXPECT(line.receiver->GetStats().frames.load() == 0);
    ShimTakeLog();
    line.receiver->Tick();
    EXPECT(Logged("not allowed"));
  }
  KeyGuard::Settings().AllowedSenders = FString();
}

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <memory>
#include <vector>

#include "cstalk/FaceStream.h"
#include "cstalk/OscWriter.h"
#include "cstalk/Recording.h"
#include "cstalk/Schema.h"
#include "cstalk/Time.h"
#include "testing.h"

using cstalk::PacketKind;
using cstalk::PacketResult;

namespace {

const cstalk::Sender kSender = cstalk::SenderFromIPv4(127, 0, 0, 1, 5000);

std::vector<std::uint8_t> Packet(std::uint32_t sequence, std::int64_t captureUs, std::uint32_t session = 1,
                                 std::uint32_t flags = 0, const cstalk::Schema& schema = cstalk::RawSchema()) {
  cstalk::FramePacket frame;
  frame.schema = &schema;
  frame.session = session;
  frame.sequence = sequence;
  frame.flags = flags;
  frame.index = sequence;
  frame.captureUs = captureUs;
  frame.sendUs = captureUs + 90000;
  std::vector<std::uint8_t> bytes(cstalk::kMaxDatagram);
  bytes.resize(cstalk::EncodeFrame(frame, bytes.data(), bytes.size()));
  return bytes;
}

struct Rig {
  std::unique_ptr<cstalk::Receiver> receiver = std::make_unique<cstalk::Receiver>();
  std::unique_ptr<cstalk::FaceStream> stream = std::make_unique<cstalk::FaceStream>(*receiver);

  cstalk::ReceiveOutcome Give(const std::vector<std::uint8_t>& bytes, std::int64_t at,
                              const cstalk::Sender& sender = kSender) {
    return receiver->Receive(bytes.data(), bytes.size(), sender, at);
  }
};

}  // namespace

CSTALK_TEST(strangers_are_refused_and_named_once) {
  Rig rig;
  cstalk::SenderFilter filter;
  filter.AllowLoopbackOnly();
  rig.receiver->SetFilter(filter);
  const cstalk::Sender stranger = cstalk::SenderFromIPv4(192, 168, 1, 9, 5000);
  for (int k = 0; k < 5; ++k) {
    EXPECT(rig.Give(Packet(1, 0), 100, stranger).result == PacketResult::NotAllowed);
  }
  EXPECT(rig.Give(Packet(1, 0), 100).kind == PacketKind::Frame);
  PacketResult result;
  cstalk::Sender who;
  EXPECT(rig.receiver->Notices().Take(result, who));
  EXPECT(result == PacketResult::NotAllowed && cstalk::SameEndpoint(who, stranger));
  EXPECT(!rig.receiver->Notices().Take(result, who));
  filter.AllowHost(stranger);
  EXPECT(filter.Allows(cstalk::SenderFromIPv4(192, 168, 1, 9, 1)) && !filter.Allows(kSender));
  for (int k = 1; k < 8; ++k) EXPECT(filter.AllowHost(kSender));
  EXPECT(!filter.AllowHost(kSender));
}

CSTALK_TEST(bad_packets_touch_nothing) {
  Rig rig;
  EXPECT(rig.receiver->Receive(nullptr, 0, kSender, 0).result == PacketResult::NotWords);
  std::vector<std::uint8_t> big(2000, 0);
  EXPECT(rig.Give(big, 1).result == PacketResult::TooLong);
  EXPECT(rig.Give(Packet(1, cstalk::kMaxTimeUs + 1), 2).result == PacketResult::OutOfRange);
  EXPECT(rig.Give(Packet(1, -cstalk::kMaxTimeUs - 1), 3).result == PacketResult::OutOfRange);
  std::vector<std::uint8_t> nan = Packet(1, 0);
  std::memset(nan.data() + nan.size() - 4, 0xFF, 4);
  EXPECT(rig.Give(nan, 4).result == PacketResult::NotFinite);
  rig.stream->Pump(5);
  EXPECT(rig.stream->Buffer().Size() == 0);
  EXPECT(rig.receiver->Stats().frames.load() == 0 && rig.receiver->Stats().sessions.load() == 0);
  EXPECT(rig.receiver->Stats().packets.load() == 5);
}

CSTALK_TEST(a_board_stream_moves_the_same_face) {
  Rig rig;
  cstalk::FramePacket frame;
  frame.schema = &cstalk::BoardSchema();
  for (std::uint32_t k = 0; k < frame.schema->size; ++k) frame.values[k] = frame.schema->ranges[k].neutral;
  const std::int32_t jaw = cstalk::FindControl(cstalk::BoardSchema(), "CTRL_C_jaw.ty");
  frame.values[jaw] = 0.5f;
  std::uint8_t bytes[cstalk::kMaxDatagram];
  const std::size_t size = cstalk::EncodeFrame(frame, bytes, sizeof bytes);
  const cstalk::ReceiveOutcome outcome = rig.receiver->Receive(bytes, size, kSender, 0);
  EXPECT(outcome.kind == PacketKind::Frame);
  const std::int32_t open = cstalk::FindControl(cstalk::RawSchema(), "CTRL_expressions_jawOpen");
  for (std::int32_t k = 0; k < 260; ++k) {
    EXPECT(outcome.frame->values[k] == (k == open ? 0.5f : cstalk::RawSchema().ranges[k].neutral));
  }
}

CSTALK_TEST(events_tell_what_happened) {
  Rig rig;
  std::int64_t now = 1000000;
  std::uint32_t sequence = 0;
  const auto send = [&](std::uint32_t flags, std::uint32_t session = 1) {
    now += 16667;
    rig.Give(Packet(sequence++, now, session, flags), now);
    return rig.stream->Pump(now);
  };
  EXPECT(rig.stream->Pump(now) == 0);
  EXPECT(send(0) == cstalk::kEventConnected);
  EXPECT(send(0) == 0);
  EXPECT(send(cstalk::kFlagSpeech) == cstalk::kEventSpeechStarted);
  EXPECT(send(cstalk::kFlagSpeech) == 0);
  EXPECT(send(cstalk::kFlagNoSource) == (cstalk::kEventSpeechStopped | cstalk::kEventSourceLost));
  EXPECT(send(cstalk::kFlagSpeech) == (cstalk::kEventSpeechStarted | cstalk::kEventSourceBack));
  EXPECT(send(cstalk::kFlagSpeech, 2) == cstalk::kEventSenderChanged);
  for (int k = 0; k < 130; ++k) send(cstalk::kFlagSpeech, 2);
  EXPECT(rig.stream->Status().framesLastSecond >= 59 && rig.stream->Status().framesLastSecond <= 61);
  now += 1000001;
  EXPECT(rig.stream->Pump(now) == (cstalk::kEventDisconnected | cstalk::kEventSpeechStopped));
  EXPECT(rig.stream->Status().silentUs == 1000001);
  EXPECT(send(0, 2) == cstalk::kEventConnected);
}

CSTALK_TEST(a_hello_before_the_first_frame_of_a_restart_is_no_second_sender) {
  Rig rig;
  cstalk::Hello hello;
  hello.session = 2;
  hello.valueCount = hello.rateNumerator = hello.rateDenominator = 1;
  std::strcpy(hello.layout, "raw");
  std::strcpy(hello.subject, "Ana");
  std::strcpy(hello.version, "1");
  std::vector<std::uint8_t> bytes(cstalk::kMaxDatagram);
  bytes.resize(cstalk::EncodeHello(hello, bytes.data(), bytes.size()));
  rig.Give(Packet(0, 0), 1000000);
  const cstalk::Sender reborn = cstalk::SenderFromIPv4(127, 0, 0, 1, 5001);
  EXPECT(rig.Give(bytes, 1400000, reborn).result == PacketResult::OtherSender);
  EXPECT(rig.Give(bytes, 1500000, reborn).kind == PacketKind::Hello);
  EXPECT(rig.stream->Pump(1500000) == (cstalk::kEventConnected | cstalk::kEventHello));
  EXPECT(std::strcmp(rig.stream->LastHello().subject, "Ana") == 0);
}

CSTALK_TEST(seconds_and_microseconds) {
  EXPECT(cstalk::MicrosecondsOf(1.5) == 1500000 && cstalk::MicrosecondsOf(-0.0000015) == -2);
  EXPECT(cstalk::MicrosecondsOf(1e300) == 0 && cstalk::MicrosecondsOf(0.0 * 1e308 * 1e308) == 0);
  EXPECT(cstalk::SecondsOf(250000) == 0.25);
}

CSTALK_TEST(the_delay_of_the_voice_is_the_senders_and_ours) {
  Rig rig;
  for (std::uint32_t k = 0; k < 60; ++k) rig.Give(Packet(k, k * 16667), 1000000 + k * 16667);
  const double delay = static_cast<double>(rig.stream->EffectiveDelayUs(cstalk::SamplerConfig()));
  EXPECT(delay >= 120000.0 && delay <= 90000.0 * 1.13 + 30000.0);
}

CSTALK_TEST(status_is_one_line_that_fits) {
  Rig rig;
  char line[400];
  rig.stream->FormatStatus(30000, line, sizeof line);
  EXPECT(std::strstr(line, "no packets yet") != nullptr);
  std::vector<std::uint8_t> garbage(64, 0x41);
  rig.Give(garbage, 10);
  rig.stream->Pump(10);
  const std::size_t length = rig.stream->FormatStatus(30000, line, sizeof line);
  EXPECT(std::strstr(line, "1 refused: not OSC") != nullptr && std::strchr(line, '\n') == nullptr);
  EXPECT(length == std::strlen(line));
  for (std::size_t capacity = 1; capacity < length; ++capacity) {
    std::vector<char> small(capacity);
    EXPECT(rig.stream->FormatStatus(30000, small.data(), capacity) == capacity - 1);
    EXPECT(small[capacity - 1] == '\0');
  }
  EXPECT(rig.stream->FormatStatus(30000, line, 0) == 0);
}

CSTALK_TEST(every_result_is_described) {
  for (int k = 0; k < static_cast<int>(PacketResult::Count); ++k) {
    EXPECT(std::strlen(cstalk::Describe(static_cast<PacketResult>(k))) > 5);
    EXPECT(std::strcmp(cstalk::Describe(static_cast<PacketResult>(k)), "unknown") != 0);
  }
}

CSTALK_TEST(a_stalled_game_thread_loses_frames_and_goes_on) {
  Rig rig;
  for (std::uint32_t k = 0; k < 200; ++k) rig.Give(Packet(k, k * 16667), 1000000 + k * 16667);
  EXPECT(rig.receiver->Stats().stalled.load() == 200 - 64);
  rig.stream->Pump(1000000 + 200 * 16667);
  EXPECT(rig.stream->Buffer().Size() == 64);
  rig.Give(Packet(200, 200 * 16667), 1000000 + 200 * 16667);
  rig.stream->Pump(1000000 + 200 * 16667);
  EXPECT(rig.stream->Buffer().At(63).index == 200);
}

CSTALK_TEST(percentiles_are_right_within_a_bin) {
  auto histogram = std::make_unique<cstalk::DelayHistogram>();
  EXPECT(histogram->PercentileUs(0.5) == 0);
  for (std::int64_t k = 1; k <= 1000; ++k) histogram->Add(k * 100, 0);
  for (const double share : {0.1, 0.5, 0.9, 0.99, 1.0}) {
    const double exact = share * 100000.0;
    const double found = static_cast<double>(histogram->PercentileUs(share));
    EXPECT(found >= exact && found <= exact * 1.13);
  }
  histogram->Add(-5, 0);
  histogram->Add(std::int64_t{1} << 62, 0);
  EXPECT(histogram->PercentileUs(1.0) >= 4000000);
  // Old ones are forgotten after two turns of ten seconds.
  histogram->Add(1000, 11000000);
  histogram->Add(1000, 22000000);
  EXPECT(histogram->PercentileUs(1.0) < 1200);
}

CSTALK_TEST(a_recording_comes_back_and_may_be_cut_anywhere) {
  std::vector<std::uint8_t> file(cstalk::kRecordingHead);
  EXPECT(cstalk::WriteRecordingHead(file.data(), file.size()) == cstalk::kRecordingHead);
  for (std::uint32_t k = 0; k < 5; ++k) {
    const std::vector<std::uint8_t> packet = Packet(k, k * 16667);
    const cstalk::RecordedArrival arrival{packet.data(), packet.size(), kSender, 123 + k * 16667};
    std::uint8_t entry[2000];
    const std::size_t size = cstalk::WriteArrival(arrival, entry, sizeof entry);
    EXPECT(size == packet.size() + cstalk::kArrivalHead);
    EXPECT(cstalk::WriteArrival(arrival, entry, size - 1) == 0);
    file.insert(file.end(), entry, entry + size);
  }
  for (std::size_t size = 0; size <= file.size(); ++size) {
    const std::vector<std::uint8_t> part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    cstalk::RecordingReader reader(part.data(), part.size());
    EXPECT(reader.Valid() == (size >= cstalk::kRecordingHead));
    cstalk::RecordedArrival arrival;
    std::size_t count = 0;
    while (reader.Next(arrival)) {
      EXPECT(arrival.localUs == 123 + static_cast<std::int64_t>(count) * 16667);
      EXPECT(cstalk::SameEndpoint(arrival.sender, kSender) && arrival.size == 1372);
      ++count;
    }
    const std::size_t whole = size < 16 ? 0 : (size - 16) / (1372 + 32);
    EXPECT(count == whole);
    EXPECT(reader.Damaged() == (size >= 16 && (size - 16) % (1372 + 32) != 0));
  }
  Rig rig;
  cstalk::Replay replay(cstalk::RecordingReader(file.data(), file.size()), 9000000);
  EXPECT(replay.Pump(9000000, *rig.receiver));
  EXPECT(rig.receiver->Stats().frames.load() == 1);
  EXPECT(replay.Pump(9000000 + 2 * 16667, *rig.receiver));
  EXPECT(rig.receiver->Stats().frames.load() == 3);
  EXPECT(!replay.Pump(10000000, *rig.receiver));
  EXPECT(rig.receiver->Stats().frames.load() == 5);
  file[7] = 'x';
  EXPECT(!cstalk::RecordingReader(file.data(), file.size()).Valid());
}

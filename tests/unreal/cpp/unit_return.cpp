// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// What goes back to the sender, and what it says beside frames.
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "cstalk/CommandCodec.h"
#include "cstalk/EmotionCodec.h"
#include "cstalk/FaceReport.h"
#include "cstalk/FrameCodec.h"
#include "cstalk/HeartbeatCodec.h"
#include "cstalk/Schema.h"
#include "cstalk/Signature.h"
#include "testing.h"

using cstalk::PacketResult;

namespace {

std::string Hex(const std::uint8_t* bytes, std::size_t size) {
  std::string text;
  for (std::size_t k = 0; k < size; ++k) {
    text.push_back("0123456789abcdef"[bytes[k] >> 4]);
    text.push_back("0123456789abcdef"[bytes[k] & 15]);
  }
  return text;
}

std::string Signed(std::string_view key, std::string_view text) {
  std::uint8_t signature[cstalk::kSignatureBytes];
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  cstalk::Sign(key, bytes, text.size(), signature);
  EXPECT(cstalk::Verify(key, bytes, text.size(), signature));
  signature[31] ^= 1;
  EXPECT(!cstalk::Verify(key, bytes, text.size(), signature));
  signature[31] ^= 1;
  return Hex(signature, sizeof signature);
}

cstalk::Command Happy() {
  cstalk::Command command;
  command.session = 0xC57A1C0Du;
  command.stampUs = 1798000000000000;
  command.verb = cstalk::CommandVerb::Emotion;
  std::strcpy(command.name, "happy");
  command.value = 0.7f;
  command.fadeSeconds = 0.5f;
  return command;
}

struct Line {
  cstalk::Receiver receiver;
  cstalk::FaceStream stream{receiver};

  void Frame(std::uint32_t session, std::uint32_t sequence, std::int64_t atUs) {
    cstalk::FramePacket frame;
    frame.schema = &cstalk::RawSchema();
    frame.session = session;
    frame.sequence = sequence;
    frame.index = sequence;
    frame.captureUs = 16667 * std::int64_t{sequence};
    frame.sendUs = frame.captureUs + 40000;
    std::uint8_t bytes[cstalk::kMaxDatagram];
    const std::size_t size = cstalk::EncodeFrame(frame, bytes, sizeof bytes);
    receiver.Receive(bytes, size, cstalk::SenderFromIPv4(127, 0, 0, 1, 5000), atUs);
  }

  PacketResult Feel(const cstalk::Emotion& emotion, std::uint16_t port) {
    std::uint8_t bytes[cstalk::kMaxDatagram];
    const std::size_t size = cstalk::EncodeEmotion(emotion, bytes, sizeof bytes);
    return receiver.Receive(bytes, size, cstalk::SenderFromIPv4(127, 0, 0, 1, port), 0).result;
  }
};

}  // namespace

CSTALK_TEST(signatures_are_those_of_rfc_4231) {
  EXPECT(Signed(std::string(20, '\x0b'), "Hi There") ==
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT(Signed("Jefe", "what do ya want for nothing?") ==
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT(Signed(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

CSTALK_TEST(a_command_is_taken_only_with_the_right_key) {
  std::uint8_t bytes[256];
  cstalk::Command read;
  const std::size_t plain = cstalk::EncodeCommand(Happy(), "", bytes, sizeof bytes);
  EXPECT(plain > 0 && plain % 4 == 0);
  EXPECT(cstalk::DecodeCommand(bytes, plain, "", read) == PacketResult::Ok);
  EXPECT(read.verb == cstalk::CommandVerb::Emotion && std::strcmp(read.name, "happy") == 0 && read.value == 0.7f);
  EXPECT(cstalk::DecodeCommand(bytes, plain, "secret", read) == PacketResult::NotAllowed);
  const std::size_t sealed = cstalk::EncodeCommand(Happy(), "secret", bytes, sizeof bytes);
  EXPECT(sealed == plain + cstalk::kSignatureBytes);
  EXPECT(cstalk::DecodeCommand(bytes, sealed, "secret", read) == PacketResult::Ok);
  EXPECT(cstalk::DecodeCommand(bytes, sealed, "secreT", read) == PacketResult::NotAllowed);
  EXPECT(cstalk::DecodeCommand(bytes, sealed, "", read) == PacketResult::NotAllowed);
  for (std::size_t at = 16; at < sealed; ++at) {
    bytes[at] ^= 1;
    EXPECT(cstalk::DecodeCommand(bytes, sealed, "secret", read) != PacketResult::Ok);
    bytes[at] ^= 1;
  }
  for (std::size_t size = 0; size < sealed; ++size) {
    EXPECT(cstalk::DecodeCommand(bytes, size, "secret", read) != PacketResult::Ok);
    EXPECT(cstalk::EncodeCommand(Happy(), "secret", bytes, size) == 0);
  }
}

CSTALK_TEST(commands_out_of_range_are_not_written) {
  std::uint8_t bytes[256];
  const auto written = [&bytes](const cstalk::Command& command) {
    return cstalk::EncodeCommand(command, "", bytes, sizeof bytes) > 0;
  };
  cstalk::Command command = Happy();
  command.value = 1.1f;
  EXPECT(!written(command));
  command.value = std::numeric_limits<float>::quiet_NaN();
  EXPECT(!written(command));
  command = Happy();
  command.name[0] = '\0';
  EXPECT(!written(command));
  command = Happy();
  command.name[0] = '\xff';
  EXPECT(!written(command));
  command = Happy();
  command.fadeSeconds = 61.0f;
  EXPECT(!written(command));
  command = cstalk::Command();
  command.verb = cstalk::CommandVerb::Mute;
  EXPECT(written(command));
  command.value = 0.5f;
  EXPECT(!written(command));
  command.verb = cstalk::CommandVerb::Intensity;
  command.value = 2.0f;
  EXPECT(written(command));
  command.verb = cstalk::CommandVerb::Neutral;
  EXPECT(!written(command));
}

CSTALK_TEST(a_heartbeat_keeps_its_meaning) {
  cstalk::Heartbeat beat;
  beat.session = 7;
  beat.flags = cstalk::kBeatPublished | cstalk::kBeatFaceBound;
  beat.faces = 2;
  beat.receivedPerSecond = 60.0f;
  beat.appliedPerSecond = 59.5f;
  beat.engineFps = 119.25f;
  beat.poseDelayMs = 96.5f;
  beat.latenessP99Ms = 3.25f;
  beat.missing = 0xFFFFFFFFu;
  beat.echoedSendUs = -5;
  beat.heldUs = 12;
  std::strcpy(beat.subject, "CSTalk");
  std::strcpy(beat.engine, "5.6.1");
  std::strcpy(beat.plugin, "0.1.0");
  std::uint8_t bytes[512];
  const std::size_t size = cstalk::EncodeHeartbeat(beat, bytes, sizeof bytes);
  cstalk::Heartbeat read;
  EXPECT(cstalk::DecodeHeartbeat(bytes, size, read) == PacketResult::Ok);
  std::uint8_t again[512];
  EXPECT(cstalk::EncodeHeartbeat(read, again, sizeof again) == size && std::memcmp(bytes, again, size) == 0);
  beat.engineFps = std::numeric_limits<float>::infinity();
  EXPECT(cstalk::DecodeHeartbeat(bytes, cstalk::EncodeHeartbeat(beat, bytes, sizeof bytes), read) == PacketResult::NotFinite);
  beat.engineFps = -1.0f;
  EXPECT(cstalk::DecodeHeartbeat(bytes, cstalk::EncodeHeartbeat(beat, bytes, sizeof bytes), read) == PacketResult::OutOfRange);
  beat.engineFps = 60.0f;
  beat.subject[0] = '\0';
  EXPECT(cstalk::DecodeHeartbeat(bytes, cstalk::EncodeHeartbeat(beat, bytes, sizeof bytes), read) == PacketResult::OutOfRange);
}

CSTALK_TEST(only_who_drives_the_face_says_what_it_feels) {
  auto line = std::make_unique<Line>();
  cstalk::Emotion emotion;
  emotion.session = 9;
  emotion.intensity = 1.0f;
  emotion.count = 1;
  std::strcpy(emotion.names[0], "sad");
  emotion.weights[0] = 0.5f;
  emotion.session = 9;
  EXPECT(line->Feel(emotion, 5000) == PacketResult::Ok);  // before its first frame
  line->Frame(9, 0, 1000);
  EXPECT(line->Feel(emotion, 5000) == PacketResult::Ok);
  EXPECT((line->stream.Pump(2000) & cstalk::kEventEmotion) != 0);
  EXPECT(std::strcmp(line->stream.LastEmotion().names[0], "sad") == 0);
  EXPECT(line->Feel(emotion, 5000) == PacketResult::Ok);
  EXPECT((line->stream.Pump(3000) & cstalk::kEventEmotion) == 0);  // the same again is no change
  emotion.weights[0] = 0.25f;
  emotion.session = 10;
  EXPECT(line->Feel(emotion, 5001) == PacketResult::OtherSender);
  emotion.session = 9;
  EXPECT(line->Feel(emotion, 5000) == PacketResult::Ok);
  EXPECT((line->stream.Pump(4000) & cstalk::kEventEmotion) != 0);
  EXPECT(line->receiver.Stats().emotions.load() == 4);
  emotion.weights[0] = 1.5f;
  EXPECT(line->Feel(emotion, 5000) == PacketResult::OutOfRange);
}

CSTALK_TEST(the_report_counts_what_faces_show) {
  auto line = std::make_unique<Line>();
  cstalk::FaceReport report;
  report.FaceBound();
  report.SetPublished(true);
  report.SetPoseDelay(85000);
  std::uint32_t beats = 0;
  // 30 renders a second of a 60 fps stream: every second frame is seen.
  for (std::uint32_t k = 0; k <= 180; ++k) {
    const std::int64_t now = 16667 * std::int64_t{k} + 50000;
    line->Frame(3, k, now);
    if (k % 2 != 0) continue;
    line->stream.Pump(now);
    report.NoteApplied(3, k);
    report.NoteApplied(3, k);  // a second face shows the same one
    if (report.Tick(now, line->stream)) ++beats;
  }
  EXPECT(beats == 2 || beats == 3);
  cstalk::Heartbeat beat;
  report.Fill(3200000, line->stream, line->receiver.Stats(), "CSTalk", "5.6.1", "", beat);
  EXPECT(beat.session == 3 && beat.faces == 1 && beat.flags == 3u);
  EXPECT(beat.appliedPerSecond > 29.0f && beat.appliedPerSecond < 31.0f);
  EXPECT(beat.engineFps > 29.0f && beat.engineFps < 31.0f);
  EXPECT(beat.poseDelayMs == 85.0f && beat.missing == 0);
  EXPECT(beat.echoedSendUs == 16667 * 180 + 40000 && beat.heldUs == 3200000 - (16667 * 180 + 50000));
  EXPECT(std::strcmp(beat.plugin, "?") == 0);
  // A text too long ends between two characters.
  std::string longName(300, 'a');
  longName.replace(255, 2, "\xc3\xa4");
  report.Fill(3200000, line->stream, line->receiver.Stats(), longName, "5.6.1", "1", beat);
  EXPECT(std::strlen(beat.subject) == 255);
  report.FaceReleased();
  report.FaceReleased();
  report.Fill(3200000, line->stream, line->receiver.Stats(), "CSTalk", "5.6.1", "1", beat);
  EXPECT(beat.faces == 0 && beat.flags == 1u && beat.poseDelayMs == 0.0f && beat.appliedPerSecond == 0.0f);
  // Nobody sends: nobody is told.
  line->stream.Pump(9000000);
  EXPECT(!report.Tick(9000000, line->stream));
}

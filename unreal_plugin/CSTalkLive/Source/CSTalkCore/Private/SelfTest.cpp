// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/SelfTest.h"

#include "Bytes.h"
#include "cstalk/Schema.h"
#include "cstalk/Signature.h"

namespace cstalk {

namespace {

constexpr std::int64_t kStepUs = 16667;

Sender TestSender() noexcept { return SenderFromIPv4(127, 0, 0, 1, 50000); }

bool TablesAreSound() noexcept {
  const Schema& raw = RawSchema();
  return raw.size == kPropertyCount && HashNames(raw.names, raw.size) == raw.hash && raw.hash == 0xAE9DEA30u &&
         BoardSchema().hash == 0x115D5C3Cu && FindControl(raw, "ctrl_expressions_mouthup") >= 0;
}

bool SignatureIsSound() noexcept {
  // RFC 4231, test case 2.
  constexpr std::string_view key = "Jefe";
  constexpr std::string_view text = "what do ya want for nothing?";
  std::uint8_t found[kSignatureBytes];
  Sign(key, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), found);
  return ReadBig32(found) == 0x5bdcc146u && ReadBig32(found + 28) == 0x64ec3843u;
}

}  // namespace

std::size_t SelfTest::MakePacket(std::uint32_t sequence) noexcept {
  sent_.session = 0x5E1F7E57u;
  sent_.sequence = sequence;
  sent_.schema = &RawSchema();
  sent_.flags = kFlagSpeech;
  sent_.index = sequence;
  sent_.captureUs = kStepUs * sequence;
  sent_.sendUs = sent_.captureUs + 40000;
  for (std::uint32_t k = 0; k < kPropertyCount; ++k) {
    const float curve = static_cast<float>((7 * k + 3) % 101) / 100.0f;
    sent_.values[k] = k < kRawCurveCount ? curve : RawSchema().ranges[k].neutral;
  }
  return EncodeFrame(sent_, bytes_, sizeof bytes_);
}

bool SelfTest::PacketsKeepTheirMeaning() noexcept {
  const std::size_t size = MakePacket(7);
  if (size != 1372 || DecodeFrame(bytes_, size, read_) != PacketResult::Ok) return false;
  bool same = read_.session == sent_.session && read_.index == 7 && read_.captureUs == sent_.captureUs;
  for (std::uint32_t k = 0; k < kPropertyCount; ++k) same = same && BitsOf(read_.values[k]) == BitsOf(sent_.values[k]);
  return same;
}

bool SelfTest::DamageIsRefused() noexcept {
  const std::size_t size = MakePacket(7);
  for (std::size_t cut = 0; cut < size; cut += 4) {
    if (DecodeFrame(bytes_, cut, read_) == PacketResult::Ok) return false;
  }
  WriteBig32(bytes_ + 332, 0x7FC00000u);
  return DecodeFrame(bytes_, size, read_) == PacketResult::NotFinite;
}

bool SelfTest::OrderIsKept() noexcept {
  // Half a second, one packet twice.
  for (std::uint32_t k = 0; k < 30; ++k) {
    const std::size_t size = MakePacket(k);
    const std::int64_t arrival = kStepUs * k + 90000;
    if (receiver_.Receive(bytes_, size, TestSender(), arrival).kind != PacketKind::Frame) return false;
    if (k == 10 && receiver_.Receive(bytes_, size, TestSender(), arrival).result != PacketResult::Duplicate) return false;
  }
  return stream_.Pump(kStepUs * 29 + 90000) == (kEventConnected | kEventSpeechStarted) && stream_.Buffer().Size() == 30;
}

bool SelfTest::PoseIsShown() noexcept {
  float pose[kPropertyCount];
  SampleInfo info;
  // The first poses fade in.
  for (std::uint32_t k = 0; k < 30; ++k) info = sampler_.Sample(stream_.Buffer(), kStepUs * k + 90000, pose);
  for (std::uint32_t k = 0; k < kPropertyCount; ++k) {
    const float difference = pose[k] - sent_.values[k];
    if (!(difference > -1e-5f && difference < 1e-5f)) return false;
  }
  return info.state == SampleState::Live;
}

std::uint32_t SelfTest::Run(SelfTestLine (&lines)[kSelfTests]) noexcept {
  lines[0] = {"names and hashes of the controls", TablesAreSound()};
  lines[1] = {"a packet keeps its meaning", PacketsKeepTheirMeaning()};
  lines[2] = {"damaged packets are refused", DamageIsRefused()};
  lines[3] = {"order and duplicates", OrderIsKept()};
  lines[4] = {"the pose is shown", PoseIsShown()};
  lines[5] = {"signatures", SignatureIsSound()};
  std::uint32_t failed = 0;
  for (const SelfTestLine& line : lines) failed += line.passed ? 0 : 1;
  return failed;
}

}  // namespace cstalk

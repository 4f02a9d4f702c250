// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// mutate FOLDER --count N --seed S: golden packets with seeded damage through every decoder and the whole receiver.
// What must hold: no crash, no read beyond the packet, no value out of range or not finite in what is taken.
#include <chrono>
#include <memory>

#include "commands.h"
#include "cstalk/FaceStream.h"
#include "cstalk/Sampler.h"
#include "cstalk/Schema.h"
#include "packets.h"
#include "random.h"

namespace {

const char* const kDecoders[] = {"frame", "hello", "schema", "livelink", "bundle", "heartbeat", "command", "command-signed", "emotion"};

void Damage(Random& random, std::vector<std::uint8_t>& packet, const std::vector<Golden>& all) {
  const std::uint32_t times = 1 + random.Below(4);
  for (std::uint32_t k = 0; k < times; ++k) {
    const std::uint32_t size = static_cast<std::uint32_t>(packet.size());
    if (size == 0) return;
    switch (random.Below(9)) {
      case 0: packet[random.Below(size)] = static_cast<std::uint8_t>(random.Next()); break;
      case 1: packet[random.Below(size)] ^= static_cast<std::uint8_t>(1u << random.Below(8)); break;
      case 2: packet.resize(random.Below(size)); break;
      case 3: packet.resize(size + 4 * random.Below(8)); break;
      case 4: {  // a hostile word: lengths, NaN, infinities, extreme times
        const std::uint8_t words[][4] = {{0x7F, 0xFF, 0xFF, 0xFF}, {0x80, 0, 0, 0}, {0xFF, 0xFF, 0xFF, 0xFF},
                                         {0x7F, 0xC0, 0, 0},       {0x7F, 0x80, 0, 0}, {0, 0, 0, 0}};
        if (size >= 4) std::memcpy(&packet[random.Below(size / 4) * 4], words[random.Below(6)], 4);
        break;
      }
      case 5: {  // a part of another packet
        const Golden& other = all[random.Below(static_cast<std::uint32_t>(all.size()))];
        if (other.bytes.empty()) break;
        const std::uint32_t length = 1 + random.Below(64);
        for (std::uint32_t j = 0; j < length; ++j) {
          packet[(size / 2 + j) % size] = other.bytes[(size / 3 + j) % other.bytes.size()];
        }
        break;
      }
      case 6: packet.erase(packet.begin() + static_cast<std::ptrdiff_t>(random.Below(size))); break;
      case 7: packet.insert(packet.begin() + static_cast<std::ptrdiff_t>(random.Below(size)), 0); break;
      default: packet.erase(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(random.Below(size / 4 + 1) * 4));
    }
  }
}

// A frame that belongs to the stream, so that damage also reaches what lies behind the decoder.
void MakeFrame(std::uint32_t number, std::int64_t nowUs, const cstalk::Schema& schema, std::vector<std::uint8_t>& packet) {
  cstalk::FramePacket frame;
  frame.schema = &schema;
  frame.session = 1;
  frame.sequence = number;
  frame.index = number;
  frame.captureUs = nowUs - 93000;
  frame.sendUs = nowUs;
  for (std::uint32_t k = 0; k < schema.size; ++k) frame.values[k] = schema.ranges[k].high;
  packet.resize(cstalk::kMaxDatagram);
  packet.resize(cstalk::EncodeFrame(frame, packet.data(), packet.size()));
}

bool Sound(const float* values) {
  const cstalk::Schema& schema = cstalk::RawSchema();
  for (std::uint32_t k = 0; k < schema.size; ++k) {
    if (!(values[k] >= schema.ranges[k].low && values[k] <= schema.ranges[k].high)) return false;
  }
  return true;
}

}  // namespace

int RunMutate(int argc, char** argv) {
  if (argc < 2) return 2;
  const unsigned long count = std::strtoul(Option(argc, argv, "--count", "100000"), nullptr, 10);
  Random random(std::strtoull(Option(argc, argv, "--seed", "1"), nullptr, 10));
  const std::vector<Golden> all = ReadGolden(argv[1]);
  auto receiver = std::make_unique<cstalk::Receiver>();
  auto stream = std::make_unique<cstalk::FaceStream>(*receiver);
  auto sampler = std::make_unique<cstalk::Sampler>();
  float face[cstalk::kPropertyCount];
  std::int64_t now = 1000000;
  unsigned long taken = 0;
  std::uint32_t number = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned long k = 0; k < count; ++k) {
    std::vector<std::uint8_t> packet = all[random.Below(static_cast<std::uint32_t>(all.size()))].bytes;
    now += random.Below(30000);
    if (random.Below(2) == 0) {
      MakeFrame(++number, now, random.Below(4) == 0 ? cstalk::BoardSchema() : cstalk::RawSchema(), packet);
    }
    Damage(random, packet, all);
    packet.shrink_to_fit();
    const std::uint8_t* data = packet.data();
    DecodeAs(kDecoders[random.Below(9)], data, packet.size());
    const cstalk::Sender sender = cstalk::SenderFromIPv4(127, 0, 0, 1, static_cast<std::uint16_t>(9000 + random.Below(3)));
    const cstalk::ReceiveOutcome outcome = receiver->Receive(data, packet.size(), sender, now);
    if (outcome.kind == cstalk::PacketKind::Frame) {
      ++taken;
      if (!Sound(outcome.frame->values)) {
        std::printf("mutation %lu: a value out of range was taken\n", k);
        return 1;
      }
    }
    if (k % 16 == 0) {
      stream->Pump(now);
      sampler->Sample(stream->Buffer(), now, face);
      if (!Sound(face)) {
        std::printf("mutation %lu: a value out of range is shown\n", k);
        return 1;
      }
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%lu mutations, %lu of them still frames, %.1f s\n", count, taken, seconds);
  return taken > count / 100 ? 0 : 1;
}

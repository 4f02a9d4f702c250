// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// decode: packets on standard input (one letter for the decoder, u32 little-endian size, bytes), one line each on
// standard output: the number of the result and what is said, or the same packet as it is written here, in hexadecimal.
// truncate FOLDER: every truncation of every golden packet, in buffers of exactly that size.
#include <cinttypes>

#include "commands.h"
#include "cstalk/Receiver.h"
#include "packets.h"

namespace {

const char* DecoderOf(int letter) {
  switch (letter) {
    case 'f': return "frame";
    case 'h': return "hello";
    case 's': return "schema";
    case 'l': return "livelink";
    case 'H': return "heartbeat";
    case 'C': return "command";
    case 'K': return "command-signed";
    case 'E': return "emotion";
    default: return "bundle";
  }
}

void PrintFrame(const cstalk::FramePacket& frame) {
  std::printf(" %s %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId32,
              frame.schema->name, frame.session, frame.sequence, frame.flags, frame.index, frame.captureUs,
              frame.sendUs, frame.lookahead);
  for (std::uint32_t k = 0; k < frame.schema->size; ++k) std::printf(" %.9g", static_cast<double>(frame.values[k]));
}

void PrintHello(const cstalk::Hello& hello) {
  std::printf(" %" PRIu32 " %" PRIu32 " %s %" PRId32 " %" PRId32 " %" PRId32 " %" PRId32 " %" PRId64 " %s|%s",
              hello.session, hello.schemaHash, hello.layout, hello.valueCount, hello.rateNumerator,
              hello.rateDenominator, hello.lookahead, hello.sendUs, hello.subject, hello.version);
}

// To be compared byte by byte: what was read, written again.
void PrintAgain(int letter, const std::uint8_t* data, std::size_t size) {
  std::uint8_t out[cstalk::kMaxDatagram];
  std::size_t written = 0;
  if (letter == 'H') {
    cstalk::Heartbeat beat;
    if (cstalk::DecodeHeartbeat(data, size, beat) == cstalk::PacketResult::Ok) written = cstalk::EncodeHeartbeat(beat, out, sizeof out);
  } else if (letter == 'E') {
    cstalk::Emotion emotion;
    if (cstalk::DecodeEmotion(data, size, emotion) == cstalk::PacketResult::Ok) written = cstalk::EncodeEmotion(emotion, out, sizeof out);
  } else {
    const std::string_view key = letter == 'K' ? kGoldenKey : std::string_view();
    cstalk::Command command;
    if (cstalk::DecodeCommand(data, size, key, command) == cstalk::PacketResult::Ok) written = cstalk::EncodeCommand(command, key, out, sizeof out);
  }
  std::printf(" ");
  for (std::size_t k = 0; k < written; ++k) std::printf("%02x", static_cast<unsigned>(out[k]));
}

}  // namespace

int RunDecode(int argc, char** argv) {
  const bool quiet = argc > 1 && std::strcmp(argv[1], "--quiet") == 0;
  for (int letter; (letter = std::getchar()) != EOF;) {
    std::uint8_t head[4];
    if (std::fread(head, 1, 4, stdin) != 4) return 2;
    const std::size_t size = head[0] | static_cast<std::size_t>(head[1]) << 8 | static_cast<std::size_t>(head[2]) << 16;
    std::vector<std::uint8_t> packet(size);
    packet.shrink_to_fit();  // so that the sanitizer sees the first byte beyond
    if (size > 0 && std::fread(packet.data(), 1, size, stdin) != size) return 2;
    const cstalk::PacketResult result = DecodeAs(DecoderOf(letter), packet.data(), size);
    std::printf("%d", static_cast<int>(result));
    if (result == cstalk::PacketResult::Ok && !quiet) {
      if (letter == 'f') {
        cstalk::FramePacket frame;
        cstalk::DecodeFrame(packet.data(), size, frame);
        PrintFrame(frame);
      } else if (letter == 'h') {
        cstalk::Hello hello;
        cstalk::DecodeHello(packet.data(), size, hello);
        PrintHello(hello);
      } else if (letter == 'H' || letter == 'C' || letter == 'K' || letter == 'E') {
        PrintAgain(letter, packet.data(), size);
      } else if (letter == 's') {
        cstalk::SchemaChunk chunk;
        cstalk::DecodeSchema(packet.data(), size, chunk);
        std::printf(" %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32, chunk.schemaHash, chunk.index, chunk.count,
                    chunk.first);
        for (std::string_view name; chunk.NextName(name);) {
          std::printf(" %.*s", static_cast<int>(name.size()), name.data());
        }
      }
    }
    std::printf("\n");
  }
  return 0;
}

int RunTruncate(int argc, char** argv) {
  if (argc < 2) return 2;
  auto* receiver = new cstalk::Receiver;
  const cstalk::Sender sender = cstalk::SenderFromIPv4(127, 0, 0, 1, 9000);
  unsigned long tried = 0;
  unsigned long wrong = 0;
  const std::vector<Golden> all = ReadGolden(argv[1]);
  for (const Golden& golden : all) {
    for (std::size_t size = 0; size <= golden.bytes.size(); ++size) {
      // Its own allocation of exactly this size: one byte too far is an error of the sanitizer.
      auto* packet = static_cast<std::uint8_t*>(std::malloc(size == 0 ? 1 : size));
      if (size > 0) std::memcpy(packet, golden.bytes.data(), size);
      const bool accepted = DecodeAs(golden.decoder, packet, size) == cstalk::PacketResult::Ok;
      // A broken packet may be a good one with something behind it.
      bool expected = false;
      for (const Golden& good : all) {
        expected = expected || (good.accepted && good.decoder == golden.decoder && good.bytes.size() == size &&
                                (size == 0 || std::memcmp(good.bytes.data(), packet, size) == 0));
      }
      // A bundle cut between two of its messages is a shorter bundle.
      if (golden.decoder == "bundle" && !expected) expected = accepted && size >= 16;
      receiver->Receive(packet, size, sender, static_cast<std::int64_t>(tried) * 100);
      std::free(packet);
      ++tried;
      if (accepted != expected) {
        ++wrong;
        std::printf("%s cut to %zu bytes: %s\n", golden.file.c_str(), size, accepted ? "accepted" : "refused");
      }
    }
  }
  delete receiver;
  std::printf("%lu truncations, %lu wrong\n", tried, wrong);
  return wrong == 0 ? 0 : 1;
}

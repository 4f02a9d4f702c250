// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// schema: both layouts as the plugin has them. board: 185 sliders a line in, 260 properties a line out.
// replay FILE: a recording through a receiver; prints what came out.
#include <cinttypes>
#include <memory>

#include "commands.h"
#include "cstalk/BoardMap.h"
#include "cstalk/FaceStream.h"
#include "cstalk/Recording.h"
#include "cstalk/Schema.h"
#include "packets.h"

int RunSchema(int, char**) {
  for (const cstalk::Schema* schema : {&cstalk::RawSchema(), &cstalk::BoardSchema()}) {
    std::printf("%s %u %08X %08X\n", schema->name, schema->size, schema->hash,
                cstalk::HashNames(schema->names, schema->size));
    for (std::uint32_t k = 0; k < schema->size; ++k) {
      const cstalk::ControlRange& range = schema->ranges[k];
      std::printf("%s %.9g %.9g %.9g %d\n", schema->names[k], static_cast<double>(range.low),
                  static_cast<double>(range.high), static_cast<double>(range.neutral), range.step ? 1 : 0);
    }
  }
  return 0;
}

int RunBoard(int, char**) {
  for (;;) {
    float board[cstalk::kBoardCount];
    for (float& slider : board) {
      if (std::scanf("%f", &slider) != 1) return 0;
    }
    cstalk::ClampValues(cstalk::BoardSchema(), board);
    float properties[cstalk::kPropertyCount];
    cstalk::BoardToProperties(board, properties);
    for (const float value : properties) std::printf("%.9g ", static_cast<double>(value));
    std::printf("\n");
  }
}

int RunReplay(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::vector<std::uint8_t> bytes = ReadFile(argv[1]);
  const cstalk::RecordingReader reader(bytes.data(), bytes.size());
  auto receiver = std::make_unique<cstalk::Receiver>();
  auto stream = std::make_unique<cstalk::FaceStream>(*receiver);
  cstalk::Replay replay(reader, 5000000);
  std::int64_t now = 5000000;
  bool more = reader.Valid();
  while (more) {
    more = replay.Pump(now, *receiver);
    stream->Pump(now);
    now += 8000;
  }
  cstalk::RecordingReader again = reader;
  cstalk::RecordedArrival arrival;
  unsigned long arrivals = 0;
  while (again.Next(arrival)) ++arrivals;
  const cstalk::ReceiverStats& stats = receiver->Stats();
  std::printf("{\"valid\": %s, \"damaged\": %s, \"arrivals\": %lu, \"packets\": %" PRIu64 ", \"frames\": %" PRIu64
              ", \"hellos\": %" PRIu64 ", \"missing\": %" PRIu64 "}\n",
              reader.Valid() ? "true" : "false", again.Damaged() ? "true" : "false", arrivals, stats.packets.load(),
              stats.frames.load(), stats.hellos.load(), stats.missing.load());
  return 0;
}

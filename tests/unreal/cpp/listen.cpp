// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// listen --port P --seconds S --out FILE [--record FILE]: a real receiver on 127.0.0.1: a socket, a receiver thread and
// a game thread that renders 60 times a second. Prints "ready PORT", at the end one JSON object; FILE gets each frame
// as it was handed over: index, stamp, arrival, 260 values.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cinttypes>
#include <memory>
#include <thread>

#include "commands.h"
#include "cstalk/FaceStream.h"
#include "cstalk/Recording.h"
#include "cstalk/Sampler.h"
#include "packets.h"

namespace {

std::int64_t SteadyUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

cstalk::Sender SenderOf(const sockaddr_in& address) {
  const std::uint32_t ip = ntohl(address.sin_addr.s_addr);
  const auto part = [ip](int shift) { return static_cast<std::uint8_t>(ip >> shift); };
  return cstalk::SenderFromIPv4(part(24), part(16), part(8), part(0), ntohs(address.sin_port));
}

}  // namespace

int RunListen(int argc, char** argv) {
  const double seconds = std::strtod(Option(argc, argv, "--seconds", "10"), nullptr);
  const char* outPath = Option(argc, argv, "--out", nullptr);
  const char* recordPath = Option(argc, argv, "--record", nullptr);
  const int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::strtoul(Option(argc, argv, "--port", "0"), nullptr, 10)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::fprintf(stderr, "port in use\n");
    return 1;
  }
  socklen_t length = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length);
  timeval patience{0, 100000};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  auto receiver = std::make_unique<cstalk::Receiver>();
  auto stream = std::make_unique<cstalk::FaceStream>(*receiver);
  auto sampler = std::make_unique<cstalk::Sampler>();
  std::FILE* out = outPath == nullptr ? nullptr : std::fopen(outPath, "w");
  std::FILE* record = recordPath == nullptr ? nullptr : std::fopen(recordPath, "wb");
  std::atomic<bool> stop{false};
  std::printf("ready %u\n", static_cast<unsigned>(ntohs(address.sin_port)));
  std::fflush(stdout);

  std::thread thread([&] {
    std::uint8_t bytes[2048];
    std::uint8_t entry[2048 + cstalk::kArrivalHead];
    if (record != nullptr) std::fwrite(entry, 1, cstalk::WriteRecordingHead(entry, sizeof entry), record);
    while (!stop.load(std::memory_order_relaxed)) {
      sockaddr_in from{};
      socklen_t fromLength = sizeof from;
      const ssize_t got = recvfrom(descriptor, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &fromLength);
      if (got < 0) continue;
      const cstalk::RecordedArrival arrival{bytes, static_cast<std::size_t>(got), SenderOf(from), SteadyUs()};
      if (record != nullptr) std::fwrite(entry, 1, cstalk::WriteArrival(arrival, entry, sizeof entry), record);
      const cstalk::ReceiveOutcome outcome =
          receiver->Receive(arrival.data, arrival.size, arrival.sender, arrival.localUs);
      if (outcome.kind != cstalk::PacketKind::Frame || out == nullptr) continue;
      std::fprintf(out, "%" PRId64 ",%" PRId64 ",%" PRId64, outcome.frame->index, outcome.frame->stampUs, arrival.localUs);
      for (const float value : outcome.frame->values) std::fprintf(out, ",%.6f", static_cast<double>(value));
      std::fprintf(out, "\n");
    }
  });

  const std::int64_t begin = SteadyUs();
  const std::int64_t end = begin + static_cast<std::int64_t>(seconds * 1e6);
  float face[cstalk::kPropertyCount];
  std::uint64_t renders = 0, held = 0, live = 0, stepsBack = 0;
  std::uint32_t events = 0, generation = 0;
  std::int64_t lastPose = INT64_MIN, firstLive = 0;
  bool done = false;
  for (std::int64_t tick = 0; !done; ++tick) {
    std::this_thread::sleep_until(std::chrono::steady_clock::time_point(
        std::chrono::microseconds(begin + tick * 1000000 / 60)));
    const std::int64_t now = SteadyUs();
    const std::uint32_t now_events = stream->Pump(now);
    events |= now_events;
    const cstalk::SampleInfo info = sampler->Sample(stream->Buffer(), now, face);
    if (info.state == cstalk::SampleState::Live || info.state == cstalk::SampleState::Held) ++live;
    if (info.state == cstalk::SampleState::Live && firstLive == 0) firstLive = now;
    if (info.state == cstalk::SampleState::Held) ++held;
    if (generation == stream->Buffer().Generation() && info.poseUs < lastPose) ++stepsBack;
    generation = stream->Buffer().Generation();
    lastPose = info.poseUs;
    ++renders;
    // The sender has stopped: so do we, well before the time is up.
    done = now >= end || (now_events & cstalk::kEventDisconnected) != 0;
  }
  stop.store(true);
  thread.join();
  close(descriptor);
  if (out != nullptr) std::fclose(out);
  if (record != nullptr) std::fclose(record);
  char line[512];
  stream->FormatStatus(sampler->Config().delayUs, line, sizeof line);
  const cstalk::ReceiverStats& stats = receiver->Stats();
  std::uint64_t refused = 0;
  for (std::size_t k = 1; k < static_cast<std::size_t>(cstalk::PacketResult::Count); ++k) refused += stats.results[k].load();
  std::printf("{\"packets\": %" PRIu64 ", \"frames\": %" PRIu64 ", \"hellos\": %" PRIu64 ", \"chunks\": %" PRIu64
              ", \"refused\": %" PRIu64 ", \"missing\": %" PRIu64 ", \"foreign_names\": %" PRIu64 ", \"renders\": %" PRIu64
              ", \"live\": %" PRIu64 ", \"held\": %" PRIu64 ", \"steps_back\": %" PRIu64 ", \"events\": %" PRIu32
              ", \"subject\": \"%s\", \"version\": \"%s\", \"lateness_p50_us\": %" PRId64 ", \"lateness_p99_us\": %" PRId64
              ", \"status\": \"%s\"}\n",
              stats.packets.load(), stats.frames.load(), stats.hellos.load(), stats.chunks.load(), refused,
              stats.missing.load(), stats.foreignNames.load(), renders, live, held, stepsBack, events,
              stream->LastHello().subject, stream->LastHello().version, stats.lateness.PercentileUs(0.5),
              stats.lateness.PercentileUs(0.99), line);
  return 0;
}

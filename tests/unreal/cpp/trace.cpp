// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// trace NAME --fps R --seconds S --delay MS: a network on paper through receiver, buffer and sampler, rendered R times
// a second. One JSON object: what a viewer would have seen.
#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <memory>
#include <string>

#include "commands.h"
#include "cstalk/Schema.h"
#include "simulation.h"

namespace {

struct Scene {
  std::vector<Datagram> datagrams;
  double driftPpm = 0.0;
  double checkFromS = 3.0;   // what happens before is start-up
  double eventS = -1.0;      // when the disturbance ends: recovery is counted from the first packet after it
  std::int64_t beginUs = 7000000;
};

Scene MakeScene(const std::string& name, double seconds) {
  Scene scene;
  Network network;
  SenderScript script;
  script.beginUs = scene.beginUs;
  script.frames = static_cast<std::int64_t>(seconds * 60.0);
  const std::int64_t middle = script.frames / 2;
  if (name == "jitter") network.arrivalJitterMs = 4.0;
  if (name == "loss") network.loss = 0.05;
  if (name == "reorder") {
    network.reorder = 0.03;
    network.duplicates = 0.03;
  }
  if (name == "burst") {  // 56 blockades of more than 100 ms a minute or so, as one public plugin measured
    network.burstEveryS = 1.0;
    network.burstMs = 110.0;
  }
  if (name == "drift+") network.driftPpm = 200.0;
  if (name == "drift-") network.driftPpm = -200.0;
  if (name == "drift-jitter") {
    network.driftPpm = 200.0;
    network.arrivalJitterMs = 4.0;
  }
  if (name == "silence") {
    script.silent = [middle](std::int64_t k) { return k >= middle && k < middle + 120; };
    scene.eventS = static_cast<double>(middle + 120) / 60.0;
  }
  if (name == "leap+" || name == "leap-") {
    const std::int64_t leap = name == "leap+" ? 5000000 : -5000000;
    script.clockLeapUs = [middle, leap](std::int64_t k) { return k >= middle ? leap : 0; };
    scene.eventS = static_cast<double>(middle) / 60.0;
  }
  if (name == "slower" || name == "faster") {
    const bool slower = name == "slower";
    script.wayMs = [middle, slower](std::int64_t k) { return (k >= middle) == slower ? 60.0 : 0.0; };
    scene.eventS = static_cast<double>(middle) / 60.0;
  }
  if (name == "overload") {  // a sender that makes a second of frames in 1.6 s, for three seconds
    script.wayMs = [middle](std::int64_t k) {
      const double seconds_in = static_cast<double>(k - middle) / 60.0;
      return seconds_in <= 0.0 ? 0.0 : 600.0 * (std::min)(seconds_in, 3.0);
    };
  }
  if (name == "restart") {
    SenderScript second = script;
    script.silent = [middle](std::int64_t k) { return k >= middle; };
    second.session = 2;
    second.clockUs = 1000;
    second.silent = [middle](std::int64_t k) { return k < middle + 60; };
    second.sender.port = 40001;
    AddDatagrams(second, network, 2, scene.datagrams);
    scene.eventS = static_cast<double>(middle + 60) / 60.0;
  }
  if (name == "two-senders") {
    SenderScript second = script;
    second.session = 2;
    second.clockUs = 99000000;
    second.sender = cstalk::SenderFromIPv4(10, 0, 0, 9, 40000);
    second.silent = [](std::int64_t k) { return k < 60; };
    AddDatagrams(second, network, 2, scene.datagrams);
  }
  AddDatagrams(script, network, 1, scene.datagrams);
  SortByArrival(scene.datagrams);
  scene.driftPpm = network.driftPpm;
  return scene;
}

double Percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

int RunTrace(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string name = argv[1];
  const double fps = std::strtod(Option(argc, argv, "--fps", "60"), nullptr);
  const double seconds = std::strtod(Option(argc, argv, "--seconds", "60"), nullptr);
  Scene scene = MakeScene(name, seconds);
  cstalk::SamplerConfig config;
  const char* delay = Option(argc, argv, "--delay", nullptr);
  if (delay != nullptr) config.delayUs = static_cast<std::int64_t>(std::strtod(delay, nullptr) * 1e3);

  auto receiver = std::make_unique<cstalk::Receiver>();
  auto stream = std::make_unique<cstalk::FaceStream>(*receiver);
  auto sampler = std::make_unique<cstalk::Sampler>(config);
  float face[cstalk::kPropertyCount];
  std::size_t next = 0;
  std::uint64_t renders = 0, held = 0, stepsBack = 0, outOfRange = 0, stampsBack = 0, dead = 0;
  double worstValue = 0.0, worstSpacingMs = 0.0, worstLeadMs = 0.0, worstLeap = 0.0, recoveredMs = -1.0;
  double firstAfterUs = -1.0;
  std::vector<double> behindMs;
  std::int64_t lastPoseUs = INT64_MIN, lastStampUs = INT64_MIN, lastIndex = -1;
  std::uint32_t generation = 0, epoch = 0;
  float lastJaw = -1.0f;
  const std::int64_t beginUs = scene.beginUs;
  const std::int64_t endUs = beginUs + static_cast<std::int64_t>(seconds * 1e6);
  for (std::int64_t tick = 0;; ++tick) {
    const std::int64_t nowUs = beginUs + std::llround((static_cast<double>(tick) + 0.37) * 1e6 / fps);
    if (nowUs >= endUs) break;
    for (; next < scene.datagrams.size() && scene.datagrams[next].arrivalUs <= nowUs; ++next) {
      const Datagram& datagram = scene.datagrams[next];
      const cstalk::ReceiveOutcome outcome =
          receiver->Receive(datagram.bytes.data(), datagram.bytes.size(), datagram.sender, datagram.arrivalUs);
      if (outcome.kind != cstalk::PacketKind::Frame || !outcome.newest) continue;
      const double sinceS = static_cast<double>(datagram.arrivalUs - beginUs) / 1e6;
      if (scene.eventS >= 0.0 && sinceS >= scene.eventS && firstAfterUs < 0.0) {
        firstAfterUs = static_cast<double>(datagram.arrivalUs);
      }
      const std::int64_t stamp = outcome.frame->stampUs;
      if (outcome.frame->epoch == epoch && lastStampUs != INT64_MIN) {
        if (stamp <= lastStampUs) ++stampsBack;
        const double frames = static_cast<double>(outcome.frame->index - lastIndex);
        const double error = std::fabs(static_cast<double>(stamp - lastStampUs) / 1e3 - frames * 1000.0 / 60.0);
        if (sinceS > scene.checkFromS && frames < 30.0) worstSpacingMs = (std::max)(worstSpacingMs, error);
        worstLeadMs = (std::max)(worstLeadMs, static_cast<double>(stamp - datagram.arrivalUs) / 1e3);
      }
      epoch = outcome.frame->epoch;
      lastStampUs = stamp;
      lastIndex = outcome.frame->index;
    }
    stream->Pump(nowUs);
    const cstalk::SampleInfo info = sampler->Sample(stream->Buffer(), nowUs, face);
    const double sinceS = static_cast<double>(nowUs - beginUs) / 1e6;
    for (const float value : face) outOfRange += value >= 0.0f && value <= 1.0f ? 0u : 1u;
    if (stream->Buffer().Generation() == generation && info.poseUs < lastPoseUs) ++stepsBack;
    generation = stream->Buffer().Generation();
    lastPoseUs = info.poseUs;
    if (sinceS > scene.checkFromS) {
      ++renders;
      if (info.state == cstalk::SampleState::Held) ++held;
      if (info.state != cstalk::SampleState::Live && info.state != cstalk::SampleState::Held) ++dead;
      if (lastJaw >= 0.0f) worstLeap = (std::max)(worstLeap, static_cast<double>(std::fabs(face[kJawPlace] - lastJaw)));
      // Which moment of the stream is shown, and how far behind the present it is.
      behindMs.push_back(static_cast<double>(nowUs - info.poseUs) / 1e3);
      if (info.state == cstalk::SampleState::Live && name == "healthy") {
        const double shown = static_cast<double>(info.poseUs - lastStampUs) * 60.0 / 1e6 + static_cast<double>(lastIndex);
        worstValue = (std::max)(worstValue, static_cast<double>(std::fabs(JawOf(shown) - face[kJawPlace])));
      }
    }
    if (firstAfterUs >= 0.0 && static_cast<double>(nowUs) < firstAfterUs + 1e6) {
      // Recovered: from here on what is shown is the stream, neither held nor faded.
      const double shown = static_cast<double>(info.poseUs - lastStampUs) * 60.0 / 1e6 + static_cast<double>(lastIndex);
      const bool same = std::fabs(JawOf(shown) - face[kJawPlace]) < 0.01f;
      if (info.state != cstalk::SampleState::Live || !same) recoveredMs = -1.0;
      else if (recoveredMs < 0.0) recoveredMs = (static_cast<double>(nowUs) - firstAfterUs) / 1e3;
    }
    lastJaw = face[kJawPlace];
  }
  const cstalk::ReceiverStats& stats = receiver->Stats();
  const auto count = [&stats](cstalk::PacketResult result) {
    return stats.results[static_cast<std::size_t>(result)].load();
  };
  const double minutes = (seconds - scene.checkFromS) / 60.0;
  std::printf("{\"trace\": \"%s\", \"fps\": %g, \"renders\": %" PRIu64 ", \"held\": %" PRIu64 ", \"held_a_minute\": %.2f, "
              "\"steps_back\": %" PRIu64 ", \"stamps_back\": %" PRIu64 ", \"out_of_range\": %" PRIu64
              ", \"not_live\": %" PRIu64 ", ",
              name.c_str(), fps, renders, held, static_cast<double>(held) / minutes, stepsBack, stampsBack, outOfRange,
              dead);
  std::printf("\"value_error\": %.6f, \"largest_leap\": %.4f, \"spacing_error_ms\": %.3f, \"lead_ms\": %.3f, "
              "\"behind_p50_ms\": %.2f, \"behind_p99_ms\": %.2f, \"recovered_ms\": %.1f, \"drift_ppm\": %.1f, ",
              worstValue, worstLeap, worstSpacingMs, worstLeadMs, Percentile(behindMs, 0.5), Percentile(behindMs, 0.99),
              recoveredMs, static_cast<double>(stats.driftPpb.load()) / 1000.0);
  std::printf("\"frames\": %" PRIu64 ", \"missing\": %" PRIu64 ", \"overtaken\": %" PRIu64 ", \"duplicates\": %" PRIu64
              ", \"other_sender\": %" PRIu64 ", \"sessions\": %" PRIu64 ", \"jumps\": %" PRIu64 "}\n",
              stats.frames.load(), stats.missing.load(), stats.overtaken.load(), count(cstalk::PacketResult::Duplicate),
              count(cstalk::PacketResult::OtherSender), stats.sessions.load(), stats.jumps.load());
  return 0;
}

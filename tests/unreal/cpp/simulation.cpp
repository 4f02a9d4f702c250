// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "simulation.h"

#include <algorithm>
#include <cmath>

#include "cstalk/FrameCodec.h"
#include "cstalk/Schema.h"

float JawOf(double frame) {
  // Up and down in steps of 1/64 per frame: exact in float32, so linear interpolation has no error to hide in.
  const double phase = std::fmod(frame, 128.0);
  return static_cast<float>((phase < 64.0 ? phase : 128.0 - phase) / 64.0);
}

void AddDatagrams(const SenderScript& script, const Network& network, std::uint64_t seed, std::vector<Datagram>& out) {
  Random random(seed);
  double blockedUntilUs = -1.0;
  double nextBurstUs = network.burstEveryS > 0.0 ? random.Exponential(network.burstEveryS * 1e6) : 1e300;
  for (std::int64_t k = 0; k < script.frames; ++k) {
    const double lateMs = network.sendJitterMs * std::fabs(random.Normal());
    const double jitterMs = random.Exponential(network.arrivalJitterMs > 0.0 ? network.arrivalJitterMs : 1e-9);
    const double lossDraw = random.Unit();
    const double duplicateDraw = random.Unit();
    const double reorderDraw = random.Unit();
    if (script.silent && script.silent(k)) continue;
    const double trueUs = static_cast<double>(k) * 1e6 / 60.0;
    const double sentUs = trueUs + lateMs * 1e3;
    const std::int64_t leap = script.clockLeapUs ? script.clockLeapUs(k) : 0;
    const double rate = 1.0 + network.driftPpm * 1e-6;
    cstalk::FramePacket packet;
    packet.schema = &cstalk::RawSchema();
    packet.session = script.session;
    packet.sequence = static_cast<std::uint32_t>(k);
    packet.flags = cstalk::kFlagSpeech;
    packet.index = k;
    packet.captureUs = script.clockUs + leap + std::llround(trueUs * rate);
    packet.sendUs = packet.captureUs + 93000 + std::llround(lateMs * 1e3);
    packet.lookahead = 4;
    for (std::uint32_t v = 0; v < cstalk::kPropertyCount; ++v) packet.values[v] = cstalk::RawSchema().ranges[v].neutral;
    packet.values[kJawPlace] = JawOf(static_cast<double>(k));
    double wayUs = (network.arrivalMs + jitterMs + (script.wayMs ? script.wayMs(k) : 0.0)) * 1e3;
    if (reorderDraw < network.reorder) wayUs += 25000.0;
    double arrivalUs = sentUs + wayUs;
    while (arrivalUs > nextBurstUs) {
      blockedUntilUs = nextBurstUs + network.burstMs * 1e3;
      nextBurstUs = blockedUntilUs + random.Exponential(network.burstEveryS * 1e6);
    }
    if (arrivalUs < blockedUntilUs) arrivalUs = blockedUntilUs + 20.0 * random.Unit();
    if (lossDraw < network.loss) continue;
    Datagram datagram;
    datagram.arrivalUs = script.beginUs + std::llround(arrivalUs);
    datagram.sender = script.sender;
    datagram.bytes.resize(cstalk::kMaxDatagram);
    datagram.bytes.resize(cstalk::EncodeFrame(packet, datagram.bytes.data(), datagram.bytes.size()));
    out.push_back(datagram);
    if (duplicateDraw < network.duplicates) {
      datagram.arrivalUs += 3000;
      out.push_back(datagram);
    }
  }
}

void SortByArrival(std::vector<Datagram>& datagrams) {
  std::stable_sort(datagrams.begin(), datagrams.end(),
                   [](const Datagram& left, const Datagram& right) { return left.arrivalUs < right.arrivalUs; });
}

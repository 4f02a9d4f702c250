// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "cstalk/FaceStream.h"
#include "cstalk/Sampler.h"
#include "random.h"

// A daemon and a network that exist on paper: packets with their times of arrival.
struct Network {
  double sendJitterMs = 0.3;    // normal: the daemon's own
  double arrivalMs = 0.2;       // the shortest way
  double arrivalJitterMs = 0.1; // exponential, beyond it
  double loss = 0.0;
  double duplicates = 0.0;
  double reorder = 0.0;         // held back by 1.5 frames
  double driftPpm = 0.0;
  double burstEveryS = 0.0;     // mean time between blockades
  double burstMs = 0.0;         // length of a blockade: what comes meanwhile comes at its end, all at once
};

struct Datagram {
  std::int64_t arrivalUs;
  std::vector<std::uint8_t> bytes;
  cstalk::Sender sender;
};

// What may happen to the sender at a frame, beside the network.
struct SenderScript {
  std::uint32_t session = 1;
  std::int64_t clockUs = 500000000;    // sender's clock at frame 0
  std::int64_t beginUs = 0;            // local time at which frame 0 is sent
  std::int64_t frames = 3600;
  std::function<bool(std::int64_t)> silent;              // frames that are not sent at all
  std::function<std::int64_t(std::int64_t)> clockLeapUs; // added to the sender's clock
  std::function<double(std::int64_t)> wayMs;             // added to the way
  cstalk::Sender sender = cstalk::SenderFromIPv4(127, 0, 0, 1, 40000);
};

// The jaw as a function of the frame number: what a face shows tells which moment of the stream it shows.
float JawOf(double frame);

inline constexpr std::uint32_t kJawPlace = 3;  // any curve whose neutral is 0

// Packets in the order of their arrival.
void AddDatagrams(const SenderScript& script, const Network& network, std::uint64_t seed, std::vector<Datagram>& out);
void SortByArrival(std::vector<Datagram>& datagrams);

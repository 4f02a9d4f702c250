// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// bench --frames N: the time of one frame through decode, session, clock, hand-over, buffer and sampling, and how often
// memory was asked for after the start.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>

#include "commands.h"
#include "simulation.h"

namespace {
unsigned long allocationCount = 0;
}

// The sanitizers have their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t size) {
  ++allocationCount;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocationCount;
  const std::size_t whole = static_cast<std::size_t>(alignment);
  void* memory = std::aligned_alloc(whole, (size + whole - 1) / whole * whole);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

int RunBench(int argc, char** argv) {
  SenderScript script;
  script.frames = std::strtol(Option(argc, argv, "--frames", "6000"), nullptr, 10);
  std::vector<Datagram> datagrams;
  AddDatagrams(script, Network(), 3, datagrams);
  SortByArrival(datagrams);
  auto receiver = std::make_unique<cstalk::Receiver>();
  auto stream = std::make_unique<cstalk::FaceStream>(*receiver);
  auto sampler = std::make_unique<cstalk::Sampler>();
  float face[cstalk::kPropertyCount];
  char line[512];
  std::vector<double> microseconds(datagrams.size());
  const unsigned long before = allocationCount;
  float sum = 0.0f;
  for (std::size_t k = 0; k < datagrams.size(); ++k) {
    const Datagram& datagram = datagrams[k];
    const auto begin = std::chrono::steady_clock::now();
    receiver->Receive(datagram.bytes.data(), datagram.bytes.size(), datagram.sender, datagram.arrivalUs);
    stream->Pump(datagram.arrivalUs);
    sampler->Sample(stream->Buffer(), datagram.arrivalUs, face);
    microseconds[k] = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
    sum += face[kJawPlace];
    if (k % 60 == 0) stream->FormatStatus(sampler->Config().delayUs, line, sizeof line);
  }
  const unsigned long after = allocationCount;
  std::sort(microseconds.begin(), microseconds.end());
  // 100,000 refused packets: what a flood costs.
  std::uint8_t garbage[512];
  std::memset(garbage, 0x41, sizeof garbage);
  const auto begin = std::chrono::steady_clock::now();
  for (int k = 0; k < 100000; ++k) {
    receiver->Receive(garbage, sizeof garbage, script.sender, datagrams.back().arrivalUs + k);
  }
  const double flood = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("{\"frames\": %zu, \"median_us\": %.3f, \"p99_us\": %.3f, \"allocations\": %lu, \"flood_100000_s\": %.4f, "
              "\"receiver_bytes\": %zu, \"stream_bytes\": %zu, \"sampler_bytes\": %zu, \"sum\": %.1f}\n",
              datagrams.size(), microseconds[microseconds.size() / 2], microseconds[microseconds.size() * 99 / 100],
              after - before, flood, sizeof(cstalk::Receiver), sizeof(cstalk::FaceStream), sizeof(cstalk::Sampler),
              static_cast<double>(sum));
  return after == before ? 0 : 1;
}

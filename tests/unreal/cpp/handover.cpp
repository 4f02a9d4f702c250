// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// handover --frames N: a receiver thread at full speed, a game thread that pumps, samples and reads every count.
#include <atomic>
#include <memory>
#include <thread>

#include "commands.h"
#include "simulation.h"

int RunHandover(int argc, char** argv) {
  const std::int64_t frames = std::strtol(Option(argc, argv, "--frames", "20000"), nullptr, 10);
  SenderScript script;
  script.frames = frames;
  std::vector<Datagram> datagrams;
  AddDatagrams(script, Network(), 3, datagrams);
  SortByArrival(datagrams);
  cstalk::Hello hello;
  hello.session = script.session;
  hello.valueCount = 260;
  hello.rateNumerator = hello.rateDenominator = 1;
  std::snprintf(hello.layout, sizeof hello.layout, "raw");
  std::snprintf(hello.version, sizeof hello.version, "test");
  auto receiver = std::make_unique<cstalk::Receiver>();
  auto stream = std::make_unique<cstalk::FaceStream>(*receiver);
  auto sampler = std::make_unique<cstalk::Sampler>();
  std::atomic<bool> done{false};
  std::atomic<std::int64_t> clock{0};

  std::thread writer([&] {
    std::uint8_t bytes[cstalk::kMaxDatagram];
    for (std::size_t k = 0; k < datagrams.size(); ++k) {
      const Datagram& datagram = datagrams[k];
      receiver->Receive(datagram.bytes.data(), datagram.bytes.size(), datagram.sender, datagram.arrivalUs);
      if (k % 50 == 0) {
        hello.sendUs = datagram.arrivalUs;
        std::snprintf(hello.subject, sizeof hello.subject, "face %zu", k);
        const std::size_t size = cstalk::EncodeHello(hello, bytes, sizeof bytes);
        receiver->Receive(bytes, size, datagram.sender, datagram.arrivalUs);
        receiver->Receive(bytes, 5, datagram.sender, datagram.arrivalUs);  // a mistake, for the notice board
      }
      clock.store(datagram.arrivalUs, std::memory_order_relaxed);
      // The game thread must get a turn, also on one core.
      if (k % 16 == 15) std::this_thread::yield();
    }
    done.store(true, std::memory_order_release);
  });

  unsigned long torn = 0, order = 0, taken = 0, notices = 0;
  std::int64_t lastIndex = -1;
  float face[cstalk::kPropertyCount];
  char line[512];
  for (bool last = false;;) {
    last = done.load(std::memory_order_acquire);
    stream->Pump(clock.load(std::memory_order_relaxed));
    const cstalk::JitterBuffer& buffer = stream->Buffer();
    for (std::uint32_t k = 0; k < buffer.Size(); ++k) {
      const cstalk::ArrivedFrame& frame = buffer.At(k);
      if (frame.index <= lastIndex) continue;
      // A frame that was written while it was read would have the jaw of another.
      if (frame.values[kJawPlace] != JawOf(static_cast<double>(frame.index))) ++torn;
      if (k > 0 && frame.stampUs <= buffer.At(k - 1).stampUs) ++order;
      ++taken;
      lastIndex = frame.index;
    }
    sampler->Sample(buffer, clock.load(std::memory_order_relaxed), face);
    stream->FormatStatus(sampler->Config().delayUs, line, sizeof line);
    cstalk::PacketResult mistake;
    cstalk::Sender sender;
    while (receiver->Notices().Take(mistake, sender)) ++notices;
    if (last) break;
    std::this_thread::yield();
  }
  writer.join();
  stream->Pump(clock.load());
  const unsigned long lost = static_cast<unsigned long>(receiver->Stats().stalled.load());
  std::printf("%zu frames, %lu seen, %lu refused by a full ring, %lu torn, %lu out of order, %lu notices\n%s\n",
              datagrams.size(), taken, lost, torn, order, notices, line);
  return torn == 0 && order == 0 && taken > 0 && notices == 1 ? 0 : 1;
}

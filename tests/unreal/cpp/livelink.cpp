// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// livelink NAME --fps R --stamps ours|arrival --offset MS: our stamps in a model of Live Link's engine-time mode. The
// model is written from its published behaviour, not from its code: frames lie in a buffer of 30 by their world time; a
// tick reads at now - offset - clock offset - smooth offset; the smooth offset is 1.5 times the mean interval of the
// frame times, whose average restarts after five intervals in a row that deviate by more than 5 ms; the clock offset
// follows the mean of arrival minus world time and snaps when it is off by 0.25 s. One JSON object.
#include <cinttypes>
#include <cmath>
#include <deque>
#include <memory>
#include <string>

#include "commands.h"
#include "simulation.h"

namespace {

class LiveLinkSubject {
 public:
  explicit LiveLinkSubject(double offsetUs) : offsetUs_(offsetUs) {}

  void Push(double worldUs, double nowUs) {
    if (!times_.empty()) AddInterval(worldUs - times_.back());
    const double seen = nowUs - worldUs;
    if (!anyOffset_ || std::fabs(seen - clockOffsetUs_) > 250000.0) {
      clockOffsetUs_ = seen;
      if (anyOffset_) ++snaps;
    } else {
      clockOffsetUs_ += (seen - clockOffsetUs_) * 0.01;
    }
    anyOffset_ = true;
    // By world time, as the engine inserts.
    std::size_t place = times_.size();
    while (place > 0 && times_[place - 1] > worldUs) --place;
    times_.insert(times_.begin() + static_cast<std::ptrdiff_t>(place), worldUs);
    if (times_.size() > 30) times_.pop_front();
  }

  // The moment of the stream a tick shows; `held` when it had to take the newest frame.
  double Evaluate(double nowUs, bool& held) {
    const double read = nowUs - offsetUs_ - clockOffsetUs_ - 1.5 * MeanInterval();
    held = read > times_.back();
    if (read < times_.front()) return times_.front();
    return held ? times_.back() : read;
  }

  bool Empty() const { return times_.empty(); }
  double SmoothOffsetMs() const { return 1.5 * MeanInterval() / 1e3; }

  unsigned snaps = 0;
  unsigned restarts = 0;

 private:
  double MeanInterval() const { return intervals_ == 0 ? 0.0 : sumUs_ / intervals_; }

  void AddInterval(double us) {
    if (intervals_ > 0 && std::fabs(us - MeanInterval()) > 5000.0) {
      if (++deviating_ >= 5) {
        sumUs_ = us;
        intervals_ = 1;
        deviating_ = 0;
        ++restarts;
      }
      return;
    }
    deviating_ = 0;
    sumUs_ += us;
    intervals_ += 1.0;
  }

  double offsetUs_;
  double clockOffsetUs_ = 0.0;
  bool anyOffset_ = false;
  double sumUs_ = 0.0;
  double intervals_ = 0.0;
  int deviating_ = 0;
  std::deque<double> times_;
};

}  // namespace

int RunLiveLink(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string name = argv[1];
  const double fps = std::strtod(Option(argc, argv, "--fps", "60"), nullptr);
  const double offsetMs = std::strtod(Option(argc, argv, "--offset", "20"), nullptr);
  const bool ours = std::strcmp(Option(argc, argv, "--stamps", "ours"), "ours") == 0;
  Network network;
  if (name == "jitter") network.arrivalJitterMs = 4.0;
  if (name == "loss") network.loss = 0.05;
  if (name == "burst") {
    network.burstEveryS = 1.0;
    network.burstMs = 110.0;
  }
  SenderScript script;
  script.beginUs = 3000000;
  std::vector<Datagram> datagrams;
  AddDatagrams(script, network, 5, datagrams);
  SortByArrival(datagrams);
  auto receiver = std::make_unique<cstalk::Receiver>();
  LiveLinkSubject subject(offsetMs * 1e3);
  std::size_t next = 0;
  unsigned long ticks = 0, held = 0, stepsBack = 0;
  double lastShown = -1e300, sumBehindMs = 0.0, sumDeviation = 0.0;
  for (long tick = 0; tick < static_cast<long>(60.0 * fps); ++tick) {
    const double nowUs = static_cast<double>(script.beginUs) + (static_cast<double>(tick) + 0.37) * 1e6 / fps;
    for (; next < datagrams.size() && static_cast<double>(datagrams[next].arrivalUs) <= nowUs; ++next) {
      const Datagram& datagram = datagrams[next];
      const cstalk::ReceiveOutcome outcome =
          receiver->Receive(datagram.bytes.data(), datagram.bytes.size(), datagram.sender, datagram.arrivalUs);
      if (outcome.kind != cstalk::PacketKind::Frame || !outcome.newest) continue;
      const double arrival = static_cast<double>(datagram.arrivalUs);
      // Pushed from the receiver thread, at once.
      subject.Push(ours ? static_cast<double>(outcome.frame->stampUs) : arrival, arrival);
    }
    if (subject.Empty()) continue;
    bool wasHeld = false;
    const double shown = subject.Evaluate(nowUs, wasHeld);
    if (static_cast<double>(tick) > 3.0 * fps) {
      ++ticks;
      held += wasHeld ? 1u : 0u;
      stepsBack += shown < lastShown - 1.0 ? 1u : 0u;
      sumBehindMs += (nowUs - shown) / 1e3;
      sumDeviation += std::fabs((shown - lastShown) / 1e3 - 1000.0 / fps);
    }
    lastShown = shown;
  }
  std::printf("{\"trace\": \"%s\", \"fps\": %g, \"stamps\": \"%s\", \"ticks\": %lu, \"held_share\": %.5f, "
              "\"steps_back\": %lu, \"behind_ms\": %.2f, \"unevenness_ms\": %.3f, \"smooth_offset_ms\": %.2f, "
              "\"average_restarts\": %u, \"snaps\": %u}\n",
              name.c_str(), fps, ours ? "ours" : "arrival", ticks,
              static_cast<double>(held) / static_cast<double>(ticks), stepsBack,
              sumBehindMs / static_cast<double>(ticks), sumDeviation / static_cast<double>(ticks),
              subject.SmoothOffsetMs(), subject.restarts, subject.snaps);
  return 0;
}

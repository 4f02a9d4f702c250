// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "../cpp/testing.h"
#include "CSTalkHub.h"
#include "CSTalkLiveLinkSource.h"
#include "cstalk/FrameCodec.h"
#include "fake_client.h"
#include "shim.h"

// Started and shut down around each test, as the module does.
struct HubGuard {
  HubGuard() { FCSTalkHub::Startup(); }
  ~HubGuard() { FCSTalkHub::Shutdown(); }
};

// A socket of 127.0.0.1 that plays the program.
class Program {
 public:
  // Bound to `port`, 0: any.
  explicit Program(std::uint16_t port = 0, std::uint32_t session = 7);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool Bound() const { return bound_; }
  std::uint16_t Port() const { return port_; }
  void Send(std::uint16_t to, const void* bytes, std::size_t size) const;

  // The next frame of the stream, as if its sound had been 40 ms ago. Every curve holds `value`.
  void SendFrame(std::uint16_t to, float value = 0.5f, std::uint32_t flags = 0);

  // `count` of them, one every millisecond.
  void SendFrames(std::uint16_t to, int count);

  // A datagram that came back within `seconds`; empty when none did.
  std::vector<std::uint8_t> Receive(double seconds) const;

  std::uint32_t session;
  std::uint32_t sequence = 0;

 private:
  int descriptor_;
  bool bound_ = false;
  std::uint16_t port_ = 0;
};

// A port that nobody listens on at the moment.
std::uint16_t FreePort();

FCSTalkConnection At(std::uint16_t port, const char* subject = "CSTalk");

// Calls `step` and waits a millisecond until `done`, at most `seconds`; whether it was done.
bool Until(const std::function<bool()>& done, double seconds = 5.0, const std::function<void()>& step = [] {});

// Whether a line of the log since the last call holds `text`.
bool Logged(const char* text);

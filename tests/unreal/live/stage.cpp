// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "stage.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cstalk/Schema.h"

namespace {

std::int64_t ProgramUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Program::Program(std::uint16_t port, std::uint32_t inSession) : session(inSession), descriptor_(socket(AF_INET, SOCK_DGRAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bound_ = bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  socklen_t length = sizeof address;
  getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
}

Program::~Program() { close(descriptor_); }

void Program::Send(std::uint16_t to, const void* bytes, std::size_t size) const {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sendto(descriptor_, bytes, size, 0, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

void Program::SendFrame(std::uint16_t to, float value, std::uint32_t flags) {
  cstalk::FramePacket frame;
  frame.schema = &cstalk::RawSchema();
  frame.session = session;
  frame.sequence = sequence;
  frame.flags = flags;
  frame.index = sequence++;
  frame.sendUs = ProgramUs();
  frame.captureUs = frame.sendUs - 40000;
  for (std::uint32_t k = 0; k < cstalk::kPropertyCount; ++k) {
    frame.values[k] = k < cstalk::kRawCurveCount ? value : cstalk::RawSchema().ranges[k].neutral;
  }
  std::uint8_t bytes[cstalk::kMaxDatagram];
  Send(to, bytes, cstalk::EncodeFrame(frame, bytes, sizeof bytes));
}

void Program::SendFrames(std::uint16_t to, int count) {
  for (int k = 0; k < count; ++k) {
    SendFrame(to);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::vector<std::uint8_t> Program::Receive(double seconds) const {
  pollfd wait{descriptor_, POLLIN, 0};
  std::vector<std::uint8_t> bytes(2048);
  if (poll(&wait, 1, static_cast<int>(seconds * 1000.0)) <= 0) return {};
  const ssize_t got = recv(descriptor_, bytes.data(), bytes.size(), 0);
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

std::uint16_t FreePort() { return Program().Port(); }

FCSTalkConnection At(std::uint16_t port, const char* subject) {
  FCSTalkConnection connection;
  connection.Port = port;
  connection.Subject = FName(ShimText::FromUtf8(subject).c_str());
  return connection;
}

bool Until(const std::function<bool()>& done, double seconds, const std::function<void()>& step) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    step();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

bool Logged(const char* text) {
  bool found = false;
  for (const std::string& line : ShimTakeLog()) found = found || line.find(text) != std::string::npos;
  return found;
}

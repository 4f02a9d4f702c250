// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// answer [KEY]: a receiver on 127.0.0.1 that answers as the plugin does, made of the plugin's core alone. Prints
// "ready PORT" and a line for every emotion it is told; standard input takes lines "VERB NAME|- VALUE FADE" to command
// with, and "face 0|1" to release or bind the face. Ends with standard input.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "cstalk/CommandCodec.h"
#include "cstalk/FaceReport.h"
#include "cstalk/FaceStream.h"
#include "cstalk/HeartbeatCodec.h"
#include "cstalk/Sampler.h"

namespace {

template <typename Clock>
std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
}

struct Program {
  std::unique_ptr<cstalk::Receiver> receiver = std::make_unique<cstalk::Receiver>();
  std::unique_ptr<cstalk::FaceStream> stream = std::make_unique<cstalk::FaceStream>(*receiver);
  std::unique_ptr<cstalk::Sampler> sampler = std::make_unique<cstalk::Sampler>();
  cstalk::FaceReport report;
  sockaddr_in from{};
  int descriptor = -1;
  const char* key = "";

  void Send(const std::uint8_t* bytes, std::size_t size) const {
    if (size == 0) std::exit(3);
    sendto(descriptor, bytes, size, 0, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  }

  void Receive() {
    std::uint8_t bytes[2048];
    socklen_t length = sizeof from;
    sockaddr_in sender{};
    const ssize_t got =
        recvfrom(descriptor, bytes, sizeof bytes, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&sender), &length);
    if (got < 0) return;
    const std::uint16_t port = ntohs(sender.sin_port);
    const cstalk::ReceiveOutcome outcome = receiver->Receive(
        bytes, static_cast<std::size_t>(got), cstalk::SenderFromIPv4(127, 0, 0, 1, port), NowUs<std::chrono::steady_clock>());
    if (outcome.kind == cstalk::PacketKind::Frame) from = sender;
  }

  void Render() {
    const std::int64_t now = NowUs<std::chrono::steady_clock>();
    if ((stream->Pump(now) & cstalk::kEventEmotion) != 0) {
      const cstalk::Emotion& told = stream->LastEmotion();
      std::printf("emotion %g %d", static_cast<double>(told.intensity), told.muted ? 1 : 0);
      for (std::uint32_t k = 0; k < told.count; ++k) std::printf(" %s=%g", told.names[k], static_cast<double>(told.weights[k]));
      std::printf("\n");
      std::fflush(stdout);
    }
    float face[cstalk::kPropertyCount];
    const cstalk::SampleInfo info = sampler->Sample(stream->Buffer(), now, face);
    if (info.state == cstalk::SampleState::Live) report.NoteApplied(stream->Session(), info.index);
    report.SetPublished(stream->AnyFrame());
    report.SetPoseDelay(report.Faces() > 0 ? stream->EffectiveDelayUs(sampler->Config()) : 0);
    if (!report.Tick(now, *stream)) return;
    cstalk::Heartbeat beat;
    report.Fill(now, *stream, receiver->Stats(), stream->LastHello().subject, "no engine", "core", beat);
    std::uint8_t bytes[512];
    Send(bytes, cstalk::EncodeHeartbeat(beat, bytes, sizeof bytes));
  }

  void Obey(const char* line) {
    char verb[32], name[80];
    float value = 0.0f, fade = 0.0f;
    int bound = 0;
    if (std::sscanf(line, "face %d", &bound) == 1) {
      bound != 0 ? report.FaceBound() : report.FaceReleased();
      return;
    }
    if (std::sscanf(line, "%31s %79s %f %f", verb, name, &value, &fade) != 4) std::exit(4);
    const char* const verbs[] = {"emotion", "intensity", "mute", "neutral"};
    cstalk::Command command;
    for (int k = 0; k < 4; ++k) {
      if (std::strcmp(verb, verbs[k]) == 0) command.verb = static_cast<cstalk::CommandVerb>(k);
    }
    if (std::strcmp(name, "-") != 0) std::snprintf(command.name, sizeof command.name, "%.64s", name);
    command.session = stream->Session();
    command.stampUs = NowUs<std::chrono::system_clock>();
    command.value = value;
    command.fadeSeconds = fade;
    std::uint8_t bytes[512];
    Send(bytes, cstalk::EncodeCommand(command, key, bytes, sizeof bytes));
  }
};

}  // namespace

int main(int argc, char** argv) {
  Program program;
  if (argc > 1) program.key = argv[1];
  program.descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(program.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 1;
  getsockname(program.descriptor, reinterpret_cast<sockaddr*>(&address), &length);
  std::printf("ready %u\n", static_cast<unsigned>(ntohs(address.sin_port)));
  std::fflush(stdout);
  char line[256];
  std::size_t filled = 0;
  std::int64_t nextUs = NowUs<std::chrono::steady_clock>();
  for (;;) {
    pollfd waits[] = {{program.descriptor, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    const std::int64_t waitUs = nextUs - NowUs<std::chrono::steady_clock>();
    poll(waits, 2, waitUs > 0 ? static_cast<int>((waitUs + 999) / 1000) : 0);
    if ((waits[0].revents & POLLIN) != 0) program.Receive();
    if ((waits[1].revents & (POLLIN | POLLHUP)) != 0) {
      char byte = 0;
      if (read(STDIN_FILENO, &byte, 1) <= 0) break;
      if (byte == '\n') {
        line[filled] = '\0';
        program.Obey(line);
        filled = 0;
      } else if (filled + 1 < sizeof line) {
        line[filled++] = byte;
      }
    }
    if (NowUs<std::chrono::steady_clock>() >= nextUs) {
      nextUs += 1000000 / 60;
      program.Render();
    }
  }
  close(program.descriptor);
  return 0;
}

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "packets.h"

#include <cstdio>

std::vector<std::uint8_t> ReadFile(const std::string& path) {
  std::vector<std::uint8_t> bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::exit(2);
  }
  std::uint8_t part[4096];
  for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, file)) > 0;) {
    bytes.insert(bytes.end(), part, part + got);
  }
  std::fclose(file);
  return bytes;
}

std::vector<Golden> ReadGolden(const std::string& folder) {
  const std::vector<std::uint8_t> bytes = ReadFile(folder + "/manifest.csv");
  std::vector<Golden> all;
  std::string line;
  bool head = true;
  for (const std::uint8_t byte : bytes) {
    if (byte != '\n') {
      line.push_back(static_cast<char>(byte));
      continue;
    }
    if (!head) {
      const std::size_t first = line.find(',');
      const std::size_t second = line.find(',', first + 1);
      const std::size_t third = line.find(',', second + 1);
      Golden golden;
      golden.file = line.substr(0, first);
      golden.decoder = line.substr(first + 1, second - first - 1);
      golden.accepted = line.substr(second + 1, third - second - 1) == "ok";
      golden.bytes = ReadFile(folder + "/" + golden.file);
      all.push_back(golden);
    }
    head = false;
    line.clear();
  }
  return all;
}

cstalk::PacketResult DecodeAs(const std::string& decoder, const std::uint8_t* data, std::size_t size) {
  if (decoder == "frame") {
    cstalk::FramePacket frame;
    return cstalk::DecodeFrame(data, size, frame);
  }
  if (decoder == "hello") {
    cstalk::Hello hello;
    return cstalk::DecodeHello(data, size, hello);
  }
  if (decoder == "schema") {
    cstalk::SchemaChunk chunk;
    return cstalk::DecodeSchema(data, size, chunk);
  }
  if (decoder == "livelink") {
    cstalk::LiveLinkFacePacket face;
    return cstalk::DecodeLiveLinkFace(data, size, face);
  }
  if (decoder == "heartbeat") {
    cstalk::Heartbeat beat;
    return cstalk::DecodeHeartbeat(data, size, beat);
  }
  if (decoder == "command" || decoder == "command-signed") {
    cstalk::Command command;
    return cstalk::DecodeCommand(data, size, decoder == "command" ? "" : kGoldenKey, command);
  }
  if (decoder == "emotion") {
    cstalk::Emotion emotion;
    return cstalk::DecodeEmotion(data, size, emotion);
  }
  std::uint32_t count = 0;
  return cstalk::DecodeControlsBundle(data, size, count);
}

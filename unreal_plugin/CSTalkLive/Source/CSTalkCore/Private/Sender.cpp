// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Sender.h"

#include <cstring>

namespace cstalk {

namespace {

constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::uint8_t kLoopback6[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

}  // namespace

Sender SenderFromIPv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint16_t port) noexcept {
  Sender sender;
  std::memcpy(sender.address, kMappedPrefix, sizeof kMappedPrefix);
  sender.address[12] = a;
  sender.address[13] = b;
  sender.address[14] = c;
  sender.address[15] = d;
  sender.port = port;
  return sender;
}

bool SameHost(const Sender& left, const Sender& right) noexcept {
  return std::memcmp(left.address, right.address, sizeof left.address) == 0;
}

bool SameEndpoint(const Sender& left, const Sender& right) noexcept {
  return SameHost(left, right) && left.port == right.port;
}

bool IsLoopback(const Sender& sender) noexcept {
  if (std::memcmp(sender.address, kLoopback6, sizeof kLoopback6) == 0) return true;
  return std::memcmp(sender.address, kMappedPrefix, sizeof kMappedPrefix) == 0 && sender.address[12] == 127;
}

void SenderFilter::AllowEverybody() noexcept {
  mode_ = Mode::Everybody;
  count_ = 0;
}

void SenderFilter::AllowLoopbackOnly() noexcept {
  mode_ = Mode::Loopback;
  count_ = 0;
}

bool SenderFilter::AllowHost(const Sender& host) noexcept {
  if (mode_ != Mode::Hosts) count_ = 0;
  if (count_ == kMaxHosts) return false;
  mode_ = Mode::Hosts;
  hosts_[count_++] = host;
  return true;
}

bool SenderFilter::Allows(const Sender& sender) const noexcept {
  if (mode_ == Mode::Everybody) return true;
  if (mode_ == Mode::Loopback) return IsLoopback(sender);
  for (std::uint32_t k = 0; k < count_; ++k) {
    if (SameHost(hosts_[k], sender)) return true;
  }
  return false;
}

}  // namespace cstalk

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/Export.h"

// Where a packet comes from, and who may send.
namespace cstalk {

// An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d (RFC 4291), and a port.
struct Sender {
  std::uint8_t address[16] = {};
  std::uint16_t port = 0;
};

CSTALK_API Sender SenderFromIPv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d,
                                 std::uint16_t port) noexcept;

CSTALK_API bool SameHost(const Sender& left, const Sender& right) noexcept;
CSTALK_API bool SameEndpoint(const Sender& left, const Sender& right) noexcept;

// 127.0.0.0/8 or ::1.
CSTALK_API bool IsLoopback(const Sender& sender) noexcept;

// Who may drive the face. Everybody by default: a socket bound to 127.0.0.1 lets no stranger in anyway.
class SenderFilter {
 public:
  static constexpr std::uint32_t kMaxHosts = 8;

  CSTALK_API void AllowEverybody() noexcept;
  CSTALK_API void AllowLoopbackOnly() noexcept;

  // Allow a host beside those already allowed, and nobody else; false when there are eight already.
  CSTALK_API bool AllowHost(const Sender& host) noexcept;

  CSTALK_API bool Allows(const Sender& sender) const noexcept;

 private:
  enum class Mode : std::uint8_t { Everybody, Loopback, Hosts };

  Mode mode_ = Mode::Everybody;
  std::uint32_t count_ = 0;
  Sender hosts_[kMaxHosts];
};

}  // namespace cstalk

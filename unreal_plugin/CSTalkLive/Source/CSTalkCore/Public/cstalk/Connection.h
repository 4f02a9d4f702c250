// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"
#include "cstalk/Sender.h"

// Where to listen and under which name to publish, as presets and people write it: "127.0.0.1:9000 CSTalk".
namespace cstalk {

inline constexpr std::uint16_t kDefaultPort = 9000;  // where `cstalk-live run --osc HOST` sends

struct Connection {
  std::uint8_t address[4] = {127, 0, 0, 1};  // 0.0.0.0: every network this machine is in
  std::uint16_t port = kDefaultPort;
  char subject[kMaxSubjectBytes + 1] = "CSTalk";  // zero-ended UTF-8
};

inline constexpr std::size_t kMaxConnectionText = 24 + kMaxSubjectBytes;

enum class ConnectionFault : std::uint8_t { None, BadAddress, BadPort, BadSubject };

// Read "ADDRESS:PORT SUBJECT", where ADDRESS, :PORT and SUBJECT may each be left away for their defaults.
// `connection` is complete on None and undefined otherwise.
CSTALK_API ConnectionFault ParseConnection(std::string_view text, Connection& connection) noexcept;

// Four numbers from 0 to 255 with points between them, no leading zeros.
CSTALK_API bool ParseIPv4(std::string_view text, std::uint8_t* address) noexcept;

// 1 to 256 bytes of UTF-8 without control characters, not only spaces.
CSTALK_API bool IsSubject(std::string_view text) noexcept;

// The zero-ended text that ParseConnection reads; `out` has kMaxConnectionText bytes.
CSTALK_API void FormatConnection(const Connection& connection, char* out) noexcept;

// What is wrong and what to write instead. Never null.
CSTALK_API const char* Describe(ConnectionFault fault) noexcept;

// Read addresses with commas or spaces between them. Empty text allows everybody. False, and only this machine is
// allowed, when one is no address or there are more than eight.
CSTALK_API bool ParseAllowed(std::string_view text, SenderFilter& filter) noexcept;

}  // namespace cstalk

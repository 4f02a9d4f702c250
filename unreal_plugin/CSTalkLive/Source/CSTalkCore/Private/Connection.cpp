// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Connection.h"

#include <cstdio>
#include <cstring>

#include "cstalk/OscReader.h"

namespace cstalk {

namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view Trimmed(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return std::string_view();
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

// Decimal digits only, at most `most`; -1 otherwise.
std::int32_t ReadNumber(std::string_view text, std::int32_t most) noexcept {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return -1;
  std::int32_t value = 0;
  for (const char letter : text) {
    if (letter < '0' || letter > '9') return -1;
    value = 10 * value + (letter - '0');
  }
  return value <= most ? value : -1;
}

}  // namespace

bool ParseIPv4(std::string_view text, std::uint8_t* address) noexcept {
  for (std::uint32_t k = 0; k < 4; ++k) {
    const std::size_t point = text.find('.');
    if ((point == std::string_view::npos) != (k == 3)) return false;
    const std::int32_t part = ReadNumber(text.substr(0, point), 255);
    if (part < 0) return false;
    address[k] = static_cast<std::uint8_t>(part);
    if (k < 3) text.remove_prefix(point + 1);
  }
  return true;
}

bool IsSubject(std::string_view text) noexcept {
  if (text.size() > kMaxSubjectBytes || Trimmed(text).empty()) return false;
  for (const char letter : text) {
    const auto byte = static_cast<std::uint8_t>(letter);
    if (byte < 0x20 || byte == 0x7F) return false;
  }
  return IsUtf8(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

ConnectionFault ParseConnection(std::string_view text, Connection& connection) noexcept {
  connection = Connection();
  text = Trimmed(text);
  // The first word is an endpoint when it holds a colon or looks like numbers with points.
  std::string_view word = text.substr(0, text.find_first_of(kBlank));
  const bool endpoint = word.find(':') != std::string_view::npos ||
                        (!word.empty() && word.find_first_not_of("0123456789.") == std::string_view::npos);
  if (endpoint) {
    text = Trimmed(text.substr(word.size()));
    const std::size_t colon = word.find(':');
    if (colon != std::string_view::npos) {
      const std::int32_t port = ReadNumber(word.substr(colon + 1), 65535);
      if (port < 1) return ConnectionFault::BadPort;
      connection.port = static_cast<std::uint16_t>(port);
      word = word.substr(0, colon);
    }
    if (!word.empty() && !ParseIPv4(word, connection.address)) return ConnectionFault::BadAddress;
  }
  if (text.empty()) return ConnectionFault::None;
  if (!IsSubject(text)) return ConnectionFault::BadSubject;
  std::memcpy(connection.subject, text.data(), text.size());
  connection.subject[text.size()] = '\0';
  return ConnectionFault::None;
}

void FormatConnection(const Connection& connection, char* out) noexcept {
  const std::uint8_t* a = connection.address;
  std::snprintf(out, kMaxConnectionText, "%u.%u.%u.%u:%u %s", static_cast<unsigned>(a[0]), static_cast<unsigned>(a[1]),
                static_cast<unsigned>(a[2]), static_cast<unsigned>(a[3]), static_cast<unsigned>(connection.port),
                connection.subject);
}

const char* Describe(ConnectionFault fault) noexcept {
  switch (fault) {
    case ConnectionFault::None: return "sound";
    case ConnectionFault::BadAddress: return "the address is not four numbers from 0 to 255 - write 127.0.0.1 or 0.0.0.0";
    case ConnectionFault::BadPort: return "the port is not a number from 1 to 65535 - write 9000";
    case ConnectionFault::BadSubject: return "the subject is not 1 to 256 bytes of plain text - write CSTalk";
  }
  return "unknown";
}

bool ParseAllowed(std::string_view text, SenderFilter& filter) noexcept {
  constexpr std::string_view between = ", \t\r\n;";
  filter.AllowEverybody();
  for (;;) {
    const std::size_t begin = text.find_first_not_of(between);
    if (begin == std::string_view::npos) return true;
    text.remove_prefix(begin);
    const std::string_view word = text.substr(0, text.find_first_of(between));
    std::uint8_t a[4];
    if (!ParseIPv4(word, a) || !filter.AllowHost(SenderFromIPv4(a[0], a[1], a[2], a[3], 0))) {
      filter.AllowLoopbackOnly();
      return false;
    }
    text.remove_prefix(word.size());
  }
}

}  // namespace cstalk

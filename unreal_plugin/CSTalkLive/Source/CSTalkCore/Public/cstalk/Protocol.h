// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cstalk/Export.h"

// Numbers of the protocol and the ways a packet can fail. The tables of the README are the reference.
namespace cstalk {

inline constexpr std::size_t kMaxDatagram = 1472;     // UDP payload of one Ethernet frame (1500 - 20 - 8)
inline constexpr std::size_t kMaxChunkBytes = 1400;   // schema chunks and bundles keep to this
inline constexpr std::uint32_t kRawCurveCount = 251;  // CTRL_expressions_*
inline constexpr std::uint32_t kPropertyCount = 260;  // those and Epic's nine extras: layout raw
inline constexpr std::uint32_t kBoardCount = 185;     // sliders of the control board: layout board
inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::uint32_t kMaxAnnouncedValues = 65535;
inline constexpr std::uint32_t kMaxSubjectBytes = 256;
inline constexpr std::uint32_t kMaxVersionBytes = 64;
inline constexpr std::uint32_t kMaxSchemaChunks = 255;
inline constexpr std::uint32_t kMaxEmotionBytes = 64;
inline constexpr float kMaxIntensity = 2.0f;
inline constexpr float kMaxFadeSeconds = 60.0f;

// Sender times beyond +-2^60 us (36,000 years) are refused, so that no sum of times can overflow.
inline constexpr std::int64_t kMaxTimeUs = std::int64_t{1} << 60;

// Bits of a frame's flags; other bits are ignored.
enum FrameFlags : std::uint32_t {
  kFlagSpeech = 1,    // voice heard
  kFlagGap = 2,       // sound of this frame was lost
  kFlagReset = 4,     // stream restarted just before
  kFlagNoSource = 8,  // no sound source: the face rests
  kFlagHeld = 16,     // last pose repeated
};

// What became of a packet. Everything but Ok means that nothing of it is used.
enum class PacketResult : std::uint8_t {
  Ok,
  NotWords,         // empty, or not a multiple of four bytes
  TooLong,          // more than one datagram
  BadString,        // no end, dirty padding, or not UTF-8
  OtherAddress,     // OSC, but for somebody else
  BadTypeTags,      // not the types of the table
  Truncated,        // arguments are missing
  TrailingBytes,    // more bytes than the type tags announce
  UnknownSchema,    // names this plugin does not know: another version of the program
  WrongValueCount,  // the schema has another number of values
  NotFinite,        // NaN or infinity
  OutOfRange,       // a number its table excludes
  OtherProtocol,    // another protocol version
  LiveLinkFace,     // a Live Link Face packet: the sender uses --livelink on this port
  PerControl,       // per-control messages: the sender uses layout per-control
  NotAllowed,       // the address is not among those allowed
  OtherSender,      // a second sender while the first one is alive
  EndedSession,     // a straggler of a session that another one has replaced
  Duplicate,        // came before
  TooOld,           // older than the reorder window
  Count
};

// One line for people: what it is and what to do. Never null.
CSTALK_API const char* Describe(PacketResult result) noexcept;

// Whether a result means a mistake that a person can mend (true), or mere weather of the network.
CSTALK_API bool IsMistake(PacketResult result) noexcept;

}  // namespace cstalk

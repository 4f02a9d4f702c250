// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Protocol.h"

namespace cstalk {

const char* Describe(PacketResult result) noexcept {
  switch (result) {
    case PacketResult::Ok: return "accepted";
    case PacketResult::NotWords: return "not OSC: the size is no multiple of 4 bytes - another program sends to this port";
    case PacketResult::TooLong: return "longer than one datagram (1472 bytes) - another program sends to this port";
    case PacketResult::BadString: return "not OSC: a text has no end or is not UTF-8 - another program sends to this port";
    case PacketResult::OtherAddress: return "OSC for another address - another program sends to this port";
    case PacketResult::BadTypeTags: return "wrong OSC types - update the older of cstalk-live and this plugin";
    case PacketResult::Truncated: return "cut short - look for a tunnel or VPN that truncates packets";
    case PacketResult::TrailingBytes: return "bytes after the end - update the older of cstalk-live and this plugin";
    case PacketResult::UnknownSchema: return "unknown control names - update the older of cstalk-live and this plugin";
    case PacketResult::WrongValueCount: return "wrong number of values - update the older of cstalk-live and this plugin";
    case PacketResult::NotFinite: return "NaN or infinite values - report it: cstalk-live never sends them";
    case PacketResult::OutOfRange: return "a number out of its range - update the older of cstalk-live and this plugin";
    case PacketResult::OtherProtocol: return "another protocol version - update the older of cstalk-live and this plugin";
    case PacketResult::LiveLinkFace: return "a Live Link Face packet - start cstalk-live with --osc, not --livelink, for this port";
    case PacketResult::PerControl: return "per-control messages - start cstalk-live with --osc-layout raw";
    case PacketResult::NotAllowed: return "the sender's address is not allowed - add it to the allowed senders";
    case PacketResult::OtherSender: return "a second sender while the first is alive - stop one of them or give it another port";
    case PacketResult::EndedSession: return "left over from a session that has ended";
    case PacketResult::Duplicate: return "the same packet again";
    case PacketResult::TooOld: return "overtaken by too many later packets";
    case PacketResult::Count: break;
  }
  return "unknown";
}

bool IsMistake(PacketResult result) noexcept {
  switch (result) {
    case PacketResult::Ok:
    case PacketResult::EndedSession:
    case PacketResult::Duplicate:
    case PacketResult::TooOld: return false;
    default: return true;
  }
}

}  // namespace cstalk

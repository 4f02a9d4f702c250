// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/Session.h"

namespace cstalk {

SequenceWindow::Place SequenceWindow::Add(std::uint32_t sequence) noexcept {
  if (!started_) {
    started_ = true;
    newest_ = sequence;
    seen_ = 1;
    oldInARow_ = 0;
    return {Order::Newer, 0};
  }
  const std::uint32_t ahead = sequence - newest_;
  if (ahead != 0 && ahead <= 0x80000000u) {
    newest_ = sequence;
    seen_ = ahead < kWindow ? (seen_ << ahead) | 1u : 1u;
    oldInARow_ = 0;
    return {Order::Newer, ahead - 1};
  }
  const std::uint32_t behind = newest_ - sequence;
  if (behind >= kWindow) {
    if (++oldInARow_ < kResyncAfter) return {Order::TooOld, 0};
    newest_ = sequence;
    seen_ = 1;
    oldInARow_ = 0;
    return {Order::Newer, 0};
  }
  const std::uint64_t bit = std::uint64_t{1} << behind;
  if ((seen_ & bit) != 0) return {Order::Duplicate, 0};
  seen_ |= bit;
  return {Order::Overtaken, 0};
}

SessionHolder::Claim SessionHolder::Offer(std::uint32_t session, const Sender& sender, std::int64_t localUs) noexcept {
  if (held_ && session == session_ && SameHost(sender, sender_)) {
    sender_ = sender;  // a socket that was opened anew has another port
    lastUs_ = localUs;
    return Claim::Continues;
  }
  if (Alive(localUs)) {
    if (!SameEndpoint(sender, sender_)) return Claim::OtherSender;
    for (const std::uint32_t ended : ended_) {
      if (endedAny_ && ended == session) return Claim::Ended;
    }
  }
  if (held_ && SameEndpoint(sender, sender_)) {
    if (!endedAny_) {
      for (std::uint32_t& ended : ended_) ended = session_;
    }
    endedAny_ = true;
    ended_[endedNext_] = session_;
    endedNext_ = (endedNext_ + 1) % kEndedKept;
  }
  held_ = true;
  session_ = session;
  sender_ = sender;
  lastUs_ = localUs;
  return Claim::Started;
}

bool SessionHolder::Holds(std::uint32_t session, const Sender& sender) const noexcept {
  return held_ && session == session_ && SameHost(sender, sender_);
}

}  // namespace cstalk

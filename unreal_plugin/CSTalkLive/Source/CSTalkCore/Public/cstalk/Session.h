// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cstalk/Export.h"
#include "cstalk/Protocol.h"
#include "cstalk/Sender.h"

// Who drives the face, and in which order their frames belong.
namespace cstalk {

// The sequence numbers of one session. Differences are taken modulo 2^32: after 2^32 - 1 comes 0.
class SequenceWindow {
 public:
  static constexpr std::uint32_t kWindow = 64;       // frames within which an overtaken one is still taken
  static constexpr std::uint32_t kResyncAfter = 30;  // old ones in a row after which the count starts anew

  enum class Order : std::uint8_t { Newer, Overtaken, Duplicate, TooOld };

  struct Place {
    Order order;
    std::uint32_t missing;  // frames skipped just before this one; only with Newer
  };

  void Reset() noexcept { started_ = false; }

  // A single forged or damaged number far ahead would make every later frame look old; that is why half a second of
  // nothing but old ones is believed.
  CSTALK_API Place Add(std::uint32_t sequence) noexcept;

 private:
  bool started_ = false;
  std::uint32_t newest_ = 0;
  std::uint64_t seen_ = 0;  // bit k: newest_ - k came
  std::uint32_t oldInARow_ = 0;
};

// Which sender wins. The first one holds the face. A program that restarts on the same port of the same machine takes
// over at once, and what is still on its way of its old session is refused. Any other session waits until the holder
// has been silent for `takeoverUs`; so two senders never alternate.
class SessionHolder {
 public:
  enum class Claim : std::uint8_t { Continues, Started, OtherSender, Ended };

  explicit SessionHolder(std::int64_t takeoverUs = 500000) noexcept : takeoverUs_(takeoverUs) {}

  // Judge a frame of `session` that came at `localUs`. Only frames that are otherwise sound may be offered.
  CSTALK_API Claim Offer(std::uint32_t session, const Sender& sender, std::int64_t localUs) noexcept;

  // Whether `session` holds the face now.
  CSTALK_API bool Holds(std::uint32_t session, const Sender& sender) const noexcept;

  // Nobody holds the face any more; the next sender wins.
  void Release() noexcept { held_ = false; }

  bool Held() const noexcept { return held_; }

  // Whether the holder has sent something lately, so that nobody else may take its place.
  bool Alive(std::int64_t localUs) const noexcept { return held_ && localUs - lastUs_ < takeoverUs_; }
  std::uint32_t Session() const noexcept { return session_; }
  const Sender& From() const noexcept { return sender_; }

 private:
  static constexpr std::uint32_t kEndedKept = 4;

  std::int64_t takeoverUs_;
  bool held_ = false;
  std::uint32_t session_ = 0;
  Sender sender_;
  std::int64_t lastUs_ = 0;
  std::uint32_t ended_[kEndedKept] = {};
  std::uint32_t endedNext_ = 0;
  bool endedAny_ = false;
};

}  // namespace cstalk

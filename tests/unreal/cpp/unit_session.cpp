// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "cstalk/ClockMap.h"
#include "cstalk/Session.h"
#include "testing.h"

using Order = cstalk::SequenceWindow::Order;
using Claim = cstalk::SessionHolder::Claim;

namespace {
const cstalk::Sender kHere = cstalk::SenderFromIPv4(127, 0, 0, 1, 1000);
const cstalk::Sender kHereOtherPort = cstalk::SenderFromIPv4(127, 0, 0, 1, 1001);
const cstalk::Sender kThere = cstalk::SenderFromIPv4(10, 0, 0, 2, 1000);
}  // namespace

CSTALK_TEST(sequence_counts_over_the_wrap) {
  cstalk::SequenceWindow window;
  EXPECT(window.Add(0xFFFFFFFDu).order == Order::Newer);
  EXPECT(window.Add(0xFFFFFFFEu).missing == 0);
  const cstalk::SequenceWindow::Place over = window.Add(1);
  EXPECT(over.order == Order::Newer && over.missing == 2);
  EXPECT(window.Add(0xFFFFFFFFu).order == Order::Overtaken);
  EXPECT(window.Add(0xFFFFFFFFu).order == Order::Duplicate);
  EXPECT(window.Add(0).order == Order::Overtaken);
  EXPECT(window.Add(1).order == Order::Duplicate);
  EXPECT(window.Add(1u - 64u).order == Order::TooOld);
  EXPECT(window.Add(1u - 63u).order == Order::Overtaken);
}

CSTALK_TEST(half_the_numbers_are_newer_as_the_protocol_says) {
  cstalk::SequenceWindow window;
  window.Add(0);
  EXPECT(window.Add(0x80000001u).order == Order::TooOld);
  EXPECT(window.Add(0x80000000u).order == Order::Newer);
}

CSTALK_TEST(one_forged_number_does_not_stop_the_stream) {
  cstalk::SequenceWindow window;
  window.Add(100);
  EXPECT(window.Add(100 + 0x70000000u).order == Order::Newer);
  std::uint32_t refused = 0;
  for (std::uint32_t k = 101; k < 200; ++k) refused += window.Add(k).order == Order::Newer ? 0u : 1u;
  EXPECT(refused == cstalk::SequenceWindow::kResyncAfter - 1);
}

CSTALK_TEST(first_sender_holds_until_it_is_silent) {
  cstalk::SessionHolder holder;
  EXPECT(holder.Offer(1, kHere, 0) == Claim::Started);
  for (std::int64_t t = 0; t < 3000000; t += 16667) {
    EXPECT(holder.Offer(1, kHere, t) == Claim::Continues);
    EXPECT(holder.Offer(2, kThere, t + 8000) == Claim::OtherSender);
    EXPECT(holder.Offer(1, kThere, t + 9000) == Claim::OtherSender);  // the same number from another machine
  }
  const std::int64_t last = 2983393;
  EXPECT(holder.Offer(1, kHere, last) == Claim::Continues);
  EXPECT(holder.Offer(2, kThere, last + 499999) == Claim::OtherSender);
  EXPECT(holder.Offer(2, kThere, last + 500000) == Claim::Started);
  EXPECT(holder.Offer(1, kHere, last + 510000) == Claim::OtherSender);
  EXPECT(holder.Holds(2, kThere) && !holder.Holds(1, kHere));
  holder.Release();
  EXPECT(holder.Offer(1, kHere, last + 520000) == Claim::Started);
}

CSTALK_TEST(a_restart_takes_over_at_once_and_stragglers_are_refused) {
  cstalk::SessionHolder holder;
  holder.Offer(1, kHere, 0);
  EXPECT(holder.Offer(2, kHere, 10000) == Claim::Started);
  EXPECT(holder.Offer(1, kHere, 20000) == Claim::Ended);
  EXPECT(holder.Offer(2, kHere, 30000) == Claim::Continues);
  EXPECT(holder.Offer(2, kHereOtherPort, 40000) == Claim::Continues);  // its socket was opened anew
  // If the one that replaced it was forged, the real one comes back.
  EXPECT(holder.Offer(1, kHereOtherPort, 600000) == Claim::Started);
}

CSTALK_TEST(even_frames_get_even_stamps_whatever_the_way_does) {
  cstalk::ClockMap clock;
  std::int64_t last = 0;
  for (std::int64_t k = 0; k < 600; ++k) {
    const std::int64_t late = k % 7 == 3 ? 9000 : (k % 5 == 0 ? 0 : 2500);
    const cstalk::ClockMap::Stamp stamp = clock.Add(k * 16667 + 77, 5000000 + k * 16667 + late, true);
    if (k > 10) EXPECT(stamp.localUs - last == 16667);
    EXPECT(stamp.jumped == (k == 0));
    last = stamp.localUs;
  }
}

CSTALK_TEST(times_at_the_edge_do_not_overflow) {
  cstalk::ClockMap clock;
  const std::int64_t far = std::int64_t{1} << 60;
  EXPECT(clock.Add(-far, far, true).jumped);
  EXPECT(clock.Add(far, far, true).jumped);
  EXPECT(clock.Add(-far, -far, true).jumped);
  clock.Add(-far, far, false);
  EXPECT(clock.Add(far, -far, true).jumped);
}

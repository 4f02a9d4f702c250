// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <memory>

#include "cstalk/JitterBuffer.h"
#include "cstalk/Sampler.h"
#include "cstalk/Schema.h"
#include "testing.h"

using cstalk::SampleState;

namespace {

constexpr std::uint32_t kJaw = 3;
constexpr std::uint32_t kSwitch = 251;  // HeadControlSwitch

cstalk::ArrivedFrame FrameAt(std::int64_t stampUs, float jaw, std::uint32_t epoch = 1) {
  cstalk::ArrivedFrame frame;
  frame.stampUs = stampUs;
  frame.arrivalUs = stampUs;
  frame.epoch = epoch;
  frame.index = stampUs / 10000;
  for (std::uint32_t k = 0; k < cstalk::kPropertyCount; ++k) frame.values[k] = cstalk::RawSchema().ranges[k].neutral;
  frame.values[kJaw] = jaw;
  frame.values[kSwitch] = jaw > 0.5f ? 1.0f : 0.0f;
  return frame;
}

cstalk::SamplerConfig Plain() {
  cstalk::SamplerConfig config;
  config.delayUs = 0;
  config.fadeUs = 1;  // so that only the first render is faded
  return config;
}

struct Face {
  float values[cstalk::kPropertyCount];
};

}  // namespace

CSTALK_TEST(buffer_keeps_order_and_the_newest) {
  auto buffer = std::make_unique<cstalk::JitterBuffer>();
  EXPECT(buffer->Insert(FrameAt(30, 0.3f)) && buffer->Insert(FrameAt(10, 0.1f)) && buffer->Insert(FrameAt(20, 0.2f)));
  EXPECT(!buffer->Insert(FrameAt(20, 0.9f)));
  EXPECT(buffer->Size() == 3 && buffer->At(1).values[kJaw] == 0.2f);
  EXPECT(buffer->LastAtOrBefore(9) == -1 && buffer->LastAtOrBefore(20) == 1 && buffer->LastAtOrBefore(1000) == 2);
  for (std::int64_t t = 100; t < 300; ++t) EXPECT(buffer->Insert(FrameAt(t, 0.0f)));
  EXPECT(buffer->Size() == cstalk::JitterBuffer::kCapacity);
  EXPECT(!buffer->Insert(FrameAt(50, 0.0f)));
  for (std::uint32_t k = 0; k < buffer->Size(); ++k) EXPECT(buffer->At(k).stampUs == 236 + static_cast<std::int64_t>(k));
  // Into the middle of a full ring.
  auto gaps = std::make_unique<cstalk::JitterBuffer>();
  for (std::int64_t t = 0; t < 64; ++t) gaps->Insert(FrameAt(10 * t, 0.0f));
  EXPECT(gaps->Insert(FrameAt(315, 0.5f)) && gaps->Size() == 64);
  for (std::uint32_t k = 1; k < gaps->Size(); ++k) EXPECT(gaps->At(k - 1).stampUs < gaps->At(k).stampUs);
  const std::uint32_t generation = gaps->Generation();
  gaps->Insert(FrameAt(1, 0.0f, 2));
  EXPECT(gaps->Size() == 1 && gaps->Generation() != generation);
}

CSTALK_TEST(interpolation_is_linear_and_switches_are_not_interpolated) {
  auto buffer = std::make_unique<cstalk::JitterBuffer>();
  buffer->Insert(FrameAt(0, 0.0f));
  buffer->Insert(FrameAt(16000, 1.0f));
  cstalk::Sampler sampler(Plain());
  Face face;
  for (std::int64_t t = 0; t <= 16000; t += 250) {
    const cstalk::SampleInfo info = sampler.Sample(*buffer, t, face.values);
    EXPECT(info.state == SampleState::Live && info.poseUs == t);
    if (t > 0) EXPECT(std::fabs(face.values[kJaw] - static_cast<float>(t) / 16000.0f) < 1e-6f);
    EXPECT(face.values[kSwitch] == (t == 16000 ? 1.0f : 0.0f));
    EXPECT(face.values[258] == 1.0f && face.values[259] == 1.0f);  // MHFDSVersion, DisableFaceOverride
  }
}

CSTALK_TEST(rounding_never_carries_a_value_past_its_neighbours) {
  // -999.9999 to 1000: their difference rounds up to 2000, and -999.9999 + 2000 lies beyond the range.
  constexpr std::uint32_t shift = 255;  // HeadTranslationX, cm
  auto buffer = std::make_unique<cstalk::JitterBuffer>();
  cstalk::SamplerConfig config = Plain();
  config.fadeUs = 5000;
  cstalk::Sampler sampler(config);
  Face face;
  cstalk::ArrivedFrame frame = FrameAt(0, 0.0f);
  frame.values[shift] = std::nextafterf(-1000.0f, 0.0f);
  buffer->Insert(frame);
  for (std::int64_t t = 0; t <= 6000; t += 1000) sampler.Sample(*buffer, t, face.values);
  EXPECT(face.values[shift] == frame.values[shift]);
  frame = FrameAt(7000, 0.0f, 2);
  frame.values[shift] = 1000.0f;
  buffer->Insert(frame);
  for (std::int64_t t = 7000; t <= 13000; ++t) {
    sampler.Sample(*buffer, t, face.values);
    EXPECT(face.values[shift] <= 1000.0f && face.values[shift] >= -1000.0f);
  }
  EXPECT(face.values[shift] == 1000.0f);
}

CSTALK_TEST(holds_then_eases_to_neutral_then_fades_in) {
  auto buffer = std::make_unique<cstalk::JitterBuffer>();
  cstalk::SamplerConfig config;
  cstalk::Sampler sampler(config);
  Face face;
  EXPECT(sampler.Sample(*buffer, 0, face.values).state == SampleState::Empty);
  EXPECT(std::memcmp(face.values, FrameAt(0, 0.0f).values, sizeof face.values) == 0);
  for (std::int64_t k = 0; k < 20; ++k) {
    buffer->Insert(FrameAt(k * 16667, 1.0f));
    sampler.Sample(*buffer, k * 16667, face.values);
  }
  const std::int64_t last = 19 * 16667;
  EXPECT(face.values[kJaw] == 1.0f);
  float before = 1.0f;
  float largest = 0.0f;
  SampleState state = SampleState::Live;
  for (std::int64_t t = last; t < last + 900000; t += 8333) {
    const cstalk::SampleInfo info = sampler.Sample(*buffer, t, face.values);
    const std::int64_t age = t - config.delayUs - last;
    if (age > 0 && age <= config.holdUs) EXPECT(info.state == SampleState::Held && face.values[kJaw] == 1.0f);
    EXPECT(face.values[kJaw] <= before);
    largest = (std::max)(largest, before - face.values[kJaw]);
    before = face.values[kJaw];
    state = info.state;
  }
  EXPECT(state == SampleState::Neutral && face.values[kJaw] == 0.0f && face.values[kSwitch] == 0.0f);
  EXPECT(largest < 0.06f);  // 300 ms of smoothstep: at most 1.5 * 8.3 / 300 a render
  const std::int64_t again = last + 2000000;
  largest = 0.0f;
  for (std::int64_t k = 0; k < 12; ++k) {
    buffer->Insert(FrameAt(again + k * 16667, 1.0f));
    sampler.Sample(*buffer, again + k * 16667, face.values);
    largest = (std::max)(largest, face.values[kJaw] - before);
    before = face.values[kJaw];
    if (k * 16667 >= 100000) EXPECT(face.values[kJaw] == 1.0f);
  }
  EXPECT(largest < 0.5f);  // in several renders, not in one leap
}

CSTALK_TEST(never_backwards_when_the_delay_grows) {
  auto buffer = std::make_unique<cstalk::JitterBuffer>();
  for (std::int64_t k = 0; k < 60; ++k) buffer->Insert(FrameAt(k * 16667, static_cast<float>(k) / 64.0f));
  cstalk::Sampler sampler;
  Face face;
  std::int64_t pose = 0;
  for (std::int64_t t = 200000; t < 900000; t += 5000) {
    if (t == 500000) sampler.SetDelay(120000);
    const cstalk::SampleInfo info = sampler.Sample(*buffer, t, face.values);
    EXPECT(info.poseUs >= pose);
    pose = info.poseUs;
  }
  EXPECT(pose == 895000 - 120000);
}

CSTALK_TEST(another_epoch_fades_instead_of_leaping) {
  auto buffer = std::make_unique<cstalk::JitterBuffer>();
  cstalk::Sampler sampler;
  Face face;
  for (std::int64_t k = 0; k < 30; ++k) {
    buffer->Insert(FrameAt(k * 16667, 0.0f));
    sampler.Sample(*buffer, k * 16667, face.values);
  }
  float before = face.values[kJaw];
  for (std::int64_t k = 0; k < 10; ++k) {
    buffer->Insert(FrameAt(500000 + k * 16667, 1.0f, 2));
    sampler.Sample(*buffer, 500000 + k * 16667, face.values);
    EXPECT(face.values[kJaw] - before < 0.45f);
    before = face.values[kJaw];
  }
  EXPECT(before == 1.0f);
}

CSTALK_TEST(two_faces_share_a_buffer) {
  auto buffer = std::make_unique<cstalk::JitterBuffer>();
  for (std::int64_t k = 0; k < 60; ++k) buffer->Insert(FrameAt(k * 16000, static_cast<float>(k) / 64.0f));
  cstalk::SamplerConfig late = Plain();
  late.delayUs = 160000;
  cstalk::Sampler one(Plain());
  cstalk::Sampler two(late);
  Face face;
  Face other;
  for (std::int64_t t = 400000; t < 800000; t += 16000) {
    one.Sample(*buffer, t, face.values);
    two.Sample(*buffer, t, other.values);
  }
  EXPECT(std::fabs(face.values[kJaw] - other.values[kJaw] - 10.0f / 64.0f) < 1e-6f);
}

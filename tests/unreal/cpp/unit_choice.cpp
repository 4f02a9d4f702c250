// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// What people write, what a face is like, what an engine is told about itself.
#include <cstring>
#include <memory>
#include <string>

#include "cstalk/Binding.h"
#include "cstalk/Connection.h"
#include "cstalk/SelfTest.h"
#include "testing.h"

using cstalk::BindingStep;
using cstalk::BindingWish;
using cstalk::ConnectionFault;

namespace {

std::string Written(std::string_view text) {
  cstalk::Connection connection;
  if (cstalk::ParseConnection(text, connection) != ConnectionFault::None) return "refused";
  char out[cstalk::kMaxConnectionText];
  cstalk::FormatConnection(connection, out);
  return out;
}

ConnectionFault FaultOf(std::string_view text) {
  cstalk::Connection connection;
  return cstalk::ParseConnection(text, connection);
}

// The steps until one is the last, as the component walks them.
std::string Walk(cstalk::FaceFacts facts, BindingWish wish, bool setupBringsGraph) {
  std::string steps;
  for (int k = 0; k < 5; ++k) {
    const BindingStep step = cstalk::NextBinding(facts, wish);
    steps.push_back("PICLO-"[static_cast<int>(step)]);
    if (cstalk::IsBound(step) || step == BindingStep::None) return steps;
    if (step == BindingStep::CallSetupFunction) {
      facts.setupCalled = true;
      facts.hasSubjectProperty = facts.knowsRawCurves = setupBringsGraph;
    }
    if (step == BindingStep::UseLiveLinkClass) facts.liveLinkClassSet = facts.hasSubjectProperty = true;
  }
  return steps + "endless";
}

}  // namespace

CSTALK_TEST(connections_are_read_as_they_are_written) {
  EXPECT(Written("") == "127.0.0.1:9000 CSTalk");
  EXPECT(Written("0.0.0.0:9001 Ana Mar\xc3\xad" "a") == "0.0.0.0:9001 Ana Mar\xc3\xad" "a");
  EXPECT(Written("  :9100\t Bob ") == "127.0.0.1:9100 Bob");
  EXPECT(Written("192.168.1.20") == "192.168.1.20:9000 CSTalk");
  EXPECT(Written("Face") == "127.0.0.1:9000 Face");
  for (const char* text : {"127.0.0.1:9000 CSTalk", "10.0.0.255:65535 x"}) EXPECT(Written(text) == text);
}

CSTALK_TEST(connections_that_cannot_be_are_named) {
  EXPECT(FaultOf("127.0.0.256:9000") == ConnectionFault::BadAddress);
  EXPECT(FaultOf("127.0.0:9000") == ConnectionFault::BadAddress);
  EXPECT(FaultOf("127.0.0.1.1") == ConnectionFault::BadAddress);
  EXPECT(FaultOf("127.0.0.01:9000") == ConnectionFault::BadAddress);
  EXPECT(FaultOf("here:9000") == ConnectionFault::BadAddress);
  EXPECT(FaultOf("127.0.0.1:0") == ConnectionFault::BadPort);
  EXPECT(FaultOf("127.0.0.1:65536") == ConnectionFault::BadPort);
  EXPECT(FaultOf(":99999999999") == ConnectionFault::BadPort);
  EXPECT(FaultOf(":9000 a\x01") == ConnectionFault::BadSubject);
  EXPECT(FaultOf(std::string(":9000 ") + std::string(257, 'a')) == ConnectionFault::BadSubject);
  EXPECT(FaultOf(":9000 \xff") == ConnectionFault::BadSubject);
  for (int k = 0; k < 4; ++k) EXPECT(std::strlen(cstalk::Describe(static_cast<ConnectionFault>(k))) > 4);
}

CSTALK_TEST(allowed_senders_are_read) {
  cstalk::SenderFilter filter;
  const cstalk::Sender stranger = cstalk::SenderFromIPv4(8, 8, 8, 8, 1);
  EXPECT(cstalk::ParseAllowed(" ", filter) && filter.Allows(stranger));
  EXPECT(cstalk::ParseAllowed("10.0.0.1, 10.0.0.2", filter));
  EXPECT(filter.Allows(cstalk::SenderFromIPv4(10, 0, 0, 2, 99)) && !filter.Allows(stranger));
  EXPECT(!cstalk::ParseAllowed("10.0.0.1, ten", filter));
  EXPECT(filter.Allows(cstalk::SenderFromIPv4(127, 0, 0, 1, 9)) && !filter.Allows(cstalk::SenderFromIPv4(10, 0, 0, 1, 9)));
  EXPECT(!cstalk::ParseAllowed("1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9", filter));
}

CSTALK_TEST(every_kind_of_face_is_bound) {
  cstalk::FaceFacts face;
  EXPECT(Walk(face, BindingWish::Automatic, false) == "-");
  face.hasMesh = true;
  EXPECT(Walk(face, BindingWish::Automatic, false) == "O");  // a plain mesh
  EXPECT(Walk(face, BindingWish::LiveLink, false) == "-");
  face.hasSubjectProperty = true;  // 5.4 and 5.5
  EXPECT(Walk(face, BindingWish::Automatic, false) == "O");
  EXPECT(Walk(face, BindingWish::LiveLink, false) == "P");
  face.knowsRawCurves = true;  // 5.6 and later, set up
  EXPECT(Walk(face, BindingWish::Automatic, false) == "P");
  EXPECT(Walk(face, BindingWish::Direct, false) == "O");
  face = cstalk::FaceFacts();
  face.hasMesh = face.hasSetupFunction = true;  // 5.6 and later, as assembled
  EXPECT(Walk(face, BindingWish::Automatic, true) == "CP");
  EXPECT(Walk(face, BindingWish::Automatic, false) == "CO");
  EXPECT(Walk(face, BindingWish::LiveLink, false) == "C-");
  face.isLiveLinkInstance = true;
  EXPECT(Walk(face, BindingWish::Automatic, true) == "I");
  face = cstalk::FaceFacts();
  face.hasMesh = face.hasLiveLinkClass = true;
  EXPECT(Walk(face, BindingWish::Automatic, false) == "LP");
  for (int k = 0; k < 6; ++k) EXPECT(std::strlen(cstalk::Describe(static_cast<BindingStep>(k))) > 4);
}

CSTALK_TEST(the_self_test_passes) {
  cstalk::SelfTestLine lines[cstalk::kSelfTests];
  auto test = std::make_unique<cstalk::SelfTest>();
  EXPECT(test->Run(lines) == 0);
  for (const cstalk::SelfTestLine& line : lines) EXPECT(line.passed && line.name != nullptr);
}

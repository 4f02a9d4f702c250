// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "testing.h"

namespace {
int failures = 0;
const char* running = "";
}  // namespace

std::vector<UnitTest>& UnitTests() {
  static std::vector<UnitTest> tests;
  return tests;
}

void NoteFailure(const char* file, int line, const char* what) {
  ++failures;
  std::printf("%s:%d: %s: not so: %s\n", file, line, running, what);
}

int RunUnit(int, char**) {
  int passed = 0;
  int failed = 0;
  for (const UnitTest& test : UnitTests()) {
    const int before = failures;
    running = test.name;
    test.run();
    (failures == before ? passed : failed) += 1;
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

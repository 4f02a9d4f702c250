// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <vector>

// A test is a function under a name; EXPECT notes what is not so and goes on.
struct UnitTest {
  const char* name;
  void (*run)();
};

std::vector<UnitTest>& UnitTests();
void NoteFailure(const char* file, int line, const char* what);

struct RegisterTest {
  RegisterTest(const char* name, void (*run)()) { UnitTests().push_back({name, run}); }
};

#define CSTALK_TEST(name)                                  \
  static void Test_##name();                               \
  static const RegisterTest register_##name(#name, Test_##name); \
  static void Test_##name()

#define EXPECT(condition) \
  do {                    \
    if (!(condition)) NoteFailure(__FILE__, __LINE__, #condition); \
  } while (false)

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"
#include "Misc/EngineVersionComparison.h"

#if SHIM_UE_MINOR < 5
struct EAutomationTestFlags { enum Type { EngineFilter = 1, ApplicationContextMask = 2 }; };
inline constexpr int operator|(EAutomationTestFlags::Type A, EAutomationTestFlags::Type B) { return static_cast<int>(A) | static_cast<int>(B); }
#define SHIM_FLAGS int
#else
enum class EAutomationTestFlags { EngineFilter = 1 };
inline constexpr EAutomationTestFlags EAutomationTestFlags_ApplicationContextMask = static_cast<EAutomationTestFlags>(2);
inline constexpr EAutomationTestFlags operator|(EAutomationTestFlags A, EAutomationTestFlags B) { return static_cast<EAutomationTestFlags>(static_cast<int>(A) | static_cast<int>(B)); }
#define SHIM_FLAGS EAutomationTestFlags
#endif
class FAutomationTestBase {
 public:
  virtual ~FAutomationTestBase() = default;
  virtual bool RunTest(const FString& Parameters) = 0;
  void AddInfo(const FString& InLogItem) { static_cast<void>(InLogItem); }
  bool TestFalse(const TCHAR* What, bool Value) { static_cast<void>(What); return !Value; }
  bool TestTrue(const TCHAR* What, bool Value) { static_cast<void>(What); return Value; }
  template <typename T> bool TestEqual(const TCHAR* What, const T& Actual, const T& Expected) { static_cast<void>(What); return Actual == Expected; }
};
#define IMPLEMENT_SIMPLE_AUTOMATION_TEST(TClass, PrettyName, TFlags)   \
  class TClass : public FAutomationTestBase {                          \
   public:                                                             \
    static constexpr SHIM_FLAGS Flags = TFlags;                        \
    virtual bool RunTest(const FString& Parameters) override;          \
  };

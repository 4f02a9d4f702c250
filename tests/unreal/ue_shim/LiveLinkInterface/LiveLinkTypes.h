// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/Array.h"
#include "HAL/PlatformTime.h"
#include "Misc/Guid.h"
#include "UObject/Class.h"

struct FLiveLinkSubjectName {
  FLiveLinkSubjectName() = default;
  FLiveLinkSubjectName(FName InName) : Name(InName) {}
  static UScriptStruct* StaticStruct() { static UScriptStruct Struct(TEXT("LiveLinkSubjectName"), nullptr); return &Struct; }
  FName Name;
};
struct FLiveLinkSubjectKey {
  FLiveLinkSubjectKey() = default;
  FLiveLinkSubjectKey(FGuid InSource, FName InSubjectName) : Source(InSource), SubjectName(InSubjectName) {}
  FGuid Source;
  FLiveLinkSubjectName SubjectName;
};
struct FLiveLinkWorldTime {
  FLiveLinkWorldTime() : Time(FPlatformTime::Seconds()), Offset(0.0) {}
  FLiveLinkWorldTime(const double InTime) : Time(InTime), Offset(FPlatformTime::Seconds() - InTime) {}
  explicit FLiveLinkWorldTime(const double InTime, const double InOffset) : Time(InTime), Offset(InOffset) {}
  double GetOffsettedTime() const { return Time + Offset; }
 private:
  double Time;
  double Offset;
};
struct FLiveLinkBaseStaticData {
  static UScriptStruct* StaticStruct() { static UScriptStruct Struct(TEXT("LiveLinkBaseStaticData"), nullptr); return &Struct; }
  TArray<FName> PropertyNames;
};
struct FLiveLinkBaseFrameData {
  static UScriptStruct* StaticStruct() { static UScriptStruct Struct(TEXT("LiveLinkBaseFrameData"), nullptr); return &Struct; }
  FLiveLinkWorldTime WorldTime;
  TArray<float> PropertyValues;
};
template <typename BaseType>
struct FLiveLinkBaseDataStruct {
  explicit FLiveLinkBaseDataStruct(const UScriptStruct* InType) : ShimType(InType) {}
  FLiveLinkBaseDataStruct(FLiveLinkBaseDataStruct&&) = default;
  FLiveLinkBaseDataStruct(const FLiveLinkBaseDataStruct&) = delete;
  template <typename T> T* Cast() { check(ShimType == T::StaticStruct()); return &ShimData; }
  BaseType ShimData;
  const UScriptStruct* ShimType;
};
using FLiveLinkStaticDataStruct = FLiveLinkBaseDataStruct<FLiveLinkBaseStaticData>;
using FLiveLinkFrameDataStruct = FLiveLinkBaseDataStruct<FLiveLinkBaseFrameData>;

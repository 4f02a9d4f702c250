// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#define DECLARE_STATS_GROUP(GroupDesc, GroupId, GroupCat) struct GroupId {}
#define DECLARE_CYCLE_STAT_EXTERN(CounterName, StatId, GroupId, APIX) extern APIX int StatId
#define DECLARE_DWORD_ACCUMULATOR_STAT_EXTERN(CounterName, StatId, GroupId, APIX) extern APIX int StatId
#define DEFINE_STAT(Stat) int Stat = 0
#if UE_BUILD_SHIPPING
#define SCOPE_CYCLE_COUNTER(Stat)
#define SET_DWORD_STAT(Stat, Value)
#else
#define SCOPE_CYCLE_COUNTER(Stat) const int& ShimCounter = Stat; static_cast<void>(ShimCounter)
#define SET_DWORD_STAT(Stat, Value) Stat = static_cast<int>(Value)
#endif

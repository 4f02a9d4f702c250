// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

enum ELevelTick { LEVELTICK_All };
struct FTickFunction {
  unsigned char bCanEverTick : 1 = 0;
};
struct FActorComponentTickFunction : public FTickFunction {};

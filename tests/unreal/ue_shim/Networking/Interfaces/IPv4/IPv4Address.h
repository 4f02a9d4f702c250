// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"

struct FIPv4Address {
  FIPv4Address(uint8 InA, uint8 InB, uint8 InC, uint8 InD) : A(InA), B(InB), C(InC), D(InD) {}
  FString ToString() const { return FString::Printf(TEXT("%d.%d.%d.%d"), A, B, C, D); }
  uint8 A, B, C, D;
};

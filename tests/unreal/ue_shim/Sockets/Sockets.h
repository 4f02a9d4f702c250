// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreTypes.h"
#include "Misc/Timespan.h"

class FInternetAddr;
namespace ESocketWaitConditions { enum Type { WaitForRead, WaitForWrite, WaitForReadOrWrite }; }
class FSocket {
 public:
  explicit FSocket(int InDescriptor) : ShimDescriptor(InDescriptor) {}
  bool Wait(ESocketWaitConditions::Type Condition, FTimespan WaitTime);
  bool RecvFrom(uint8* Data, int32 BufferSize, int32& BytesRead, FInternetAddr& Source);
  bool SendTo(const uint8* Data, int32 Count, int32& BytesSent, const FInternetAddr& Destination);
  bool Close();
  int ShimDescriptor;
};

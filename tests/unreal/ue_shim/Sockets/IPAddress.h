// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreTypes.h"

class FInternetAddr {
 public:
  void SetIp(uint32 InAddr) { ShimIp = InAddr; }
  void GetIp(uint32& OutAddr) const { OutAddr = ShimIp; }
  void SetPort(int32 InPort) { ShimPort = InPort; }
  int32 GetPort() const { return ShimPort; }
  uint32 ShimIp = 0;
  int32 ShimPort = 0;
};

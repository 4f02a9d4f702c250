// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"
#include "Interfaces/IPv4/IPv4Address.h"

class FSocket;
class FUdpSocketBuilder {
 public:
  FUdpSocketBuilder(const FString& InDescription) { static_cast<void>(InDescription); }
  FUdpSocketBuilder AsNonBlocking() { return *this; }
  FUdpSocketBuilder AsReusable() { ShimReusable = true; return *this; }
  FUdpSocketBuilder BoundToAddress(const FIPv4Address& Address) { ShimAddress = Address; return *this; }
  FUdpSocketBuilder BoundToPort(uint16 Port) { ShimPort = Port; return *this; }
  FUdpSocketBuilder WithReceiveBufferSize(int32 SizeInBytes) { ShimReceiveBytes = SizeInBytes; return *this; }
  FSocket* Build() const;
 private:
  FIPv4Address ShimAddress{0, 0, 0, 0};
  uint16 ShimPort = 0;
  int32 ShimReceiveBytes = 0;
  bool ShimReusable = false;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreTypes.h"

class FRunnable {
 public:
  virtual bool Init() { return true; }
  virtual uint32 Run() = 0;
  virtual void Stop() {}
  virtual void Exit() {}
  virtual ~FRunnable() = default;
};

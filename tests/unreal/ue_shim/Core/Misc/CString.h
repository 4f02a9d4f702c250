// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cwchar>
#include "CoreTypes.h"

struct FCString {
  static float Atof(const TCHAR* String) { return static_cast<float>(std::wcstod(String, nullptr)); }
};

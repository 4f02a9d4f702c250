// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// Lines logged since the last call: "Category: Verbosity: text".
std::vector<std::string> ShimTakeLog();

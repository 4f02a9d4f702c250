// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Templates/SharedPointer.h"

class FWorkspaceItem { public: virtual ~FWorkspaceItem() = default; };

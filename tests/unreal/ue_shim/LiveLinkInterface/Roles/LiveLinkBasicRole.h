// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "LiveLinkRole.h"

class ULiveLinkBasicRole : public ULiveLinkRole {
  SHIM_OBJECT(ULiveLinkBasicRole, ULiveLinkRole)
};

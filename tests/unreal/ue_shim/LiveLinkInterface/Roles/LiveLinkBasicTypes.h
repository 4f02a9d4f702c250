// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "LiveLinkTypes.h"

// FLiveLinkBasicBlueprintData lives here; the plugin needs what LiveLinkTypes.h brings.

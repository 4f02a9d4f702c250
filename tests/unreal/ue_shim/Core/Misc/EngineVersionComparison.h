// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

// The matrix of the tests sets SHIM_UE_MINOR.
#ifndef SHIM_UE_MINOR
#define SHIM_UE_MINOR 8
#endif
#define UE_VERSION_OLDER_THAN(MajorVersion, MinorVersion, PatchVersion) (5 < (MajorVersion) || (5 == (MajorVersion) && SHIM_UE_MINOR < (MinorVersion)))

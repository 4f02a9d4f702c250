// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

enum EObjectFlags { RF_NoFlags = 0x0, RF_Public = 0x1, RF_Transactional = 0x8 };
// Read by the header tool; nothing is left for the compiler.
#define UCLASS(...)
#define USTRUCT(...)
#define UENUM(...)
#define UPROPERTY(...)
#define UFUNCTION(...)
#define SHIM_JOIN_INNER(A, B, C, D) A##B##C##D
#define SHIM_JOIN(A, B, C, D) SHIM_JOIN_INNER(A, B, C, D)
#define GENERATED_BODY(...) SHIM_JOIN(CURRENT_FILE_ID, _, __LINE__, _GENERATED_BODY)

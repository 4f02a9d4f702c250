// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/UnrealString.h"

struct FPaths {
  static FString ProjectSavedDir() { const char* Folder = std::getenv("TMPDIR"); return FString(ShimText::FromUtf8(Folder != nullptr ? Folder : "/tmp").c_str()); }
  static FString Combine(const FString& A, const FString& B) { FString Result = A; Result += TEXT("/"); Result += B; return Result; }
};

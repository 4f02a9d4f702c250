// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/Array.h"
#include "Containers/UnrealString.h"

namespace EFileDialogFlags { enum Type { None = 0x00, Multiple = 0x01 }; }
class IDesktopPlatform {
 public:
  virtual ~IDesktopPlatform() = default;
  virtual bool OpenFileDialog(const void* ParentWindowHandle, const FString& DialogTitle, const FString& DefaultPath, const FString& DefaultFile, const FString& FileTypes, uint32 Flags, TArray<FString>& OutFilenames) = 0;
};

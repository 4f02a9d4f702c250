// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Framework/Docking/WorkspaceItem.h"

class IWorkspaceMenuStructure {
 public:
  virtual ~IWorkspaceMenuStructure() = default;
  virtual TSharedRef<FWorkspaceItem> GetLevelEditorVirtualProductionCategory() const = 0;
};

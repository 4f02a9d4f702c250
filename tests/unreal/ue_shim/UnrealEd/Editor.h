// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Engine/Engine.h"

class USelection;
class UEditorEngine : public UEngine {
  SHIM_OBJECT(UEditorEngine, UEngine)
  USelection* GetSelectedActors() const { return ShimSelection; }
  USelection* ShimSelection = nullptr;
};
extern UEditorEngine* GEditor;

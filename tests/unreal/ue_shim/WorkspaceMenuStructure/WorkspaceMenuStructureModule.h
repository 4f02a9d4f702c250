// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

class IWorkspaceMenuStructure;
namespace WorkspaceMenu { IWorkspaceMenuStructure& GetMenuStructure(); }

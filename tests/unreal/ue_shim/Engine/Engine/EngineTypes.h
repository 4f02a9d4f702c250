// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace EEndPlayReason { enum Type { Destroyed, EndPlayInEditor }; }
namespace EWorldType { enum Type { None, Game, Editor, PIE }; }

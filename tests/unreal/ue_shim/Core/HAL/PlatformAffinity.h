// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

enum EThreadPriority { TPri_Normal, TPri_AboveNormal };

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CoreMinimal.h"

/**
 * Gives every selected actor that has a skeletal mesh a CSTalk Face component, unless it has one, and binds it, in the
 * editor's viewport too. Can be undone. What became of each actor, in words.
 */
FText BindSelectedCSTalkFaces();

/** How each selected face is driven, and which curves it lacks. */
FText CheckSelectedCSTalkFaces();

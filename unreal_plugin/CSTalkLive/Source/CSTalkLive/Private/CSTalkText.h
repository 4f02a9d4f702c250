// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "CoreMinimal.h"

/** The converted text as the core takes it; valid as long as the conversion. */
inline std::string_view CSTalkView(const FTCHARToUTF8& Text)
{
	// The conversion's letters are char or an 8-bit type of the engine's own, by its version.
	return std::string_view(reinterpret_cast<const char*>(Text.Get()), static_cast<std::size_t>(Text.Length()));
}

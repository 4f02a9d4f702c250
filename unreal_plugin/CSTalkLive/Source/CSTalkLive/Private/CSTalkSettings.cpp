// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkSettings.h"

FName UCSTalkSettings::GetCategoryName() const
{
	return FName(TEXT("Plugins"));
}

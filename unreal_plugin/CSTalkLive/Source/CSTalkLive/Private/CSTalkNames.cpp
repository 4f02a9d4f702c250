// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkNames.h"

#include "cstalk/Schema.h"

namespace
{
	TArray<FName> MakeCSTalkPropertyNames()
	{
		const cstalk::Schema& Schema = cstalk::RawSchema();
		TArray<FName> Names;
		Names.Reserve(static_cast<int32>(Schema.size));
		for (uint32 Place = 0; Place < Schema.size; ++Place)
		{
			Names.Add(FName(UTF8_TO_TCHAR(Schema.names[Place])));
		}
		return Names;
	}
}

const TArray<FName>& GetCSTalkPropertyNames()
{
	static const TArray<FName> Names = MakeCSTalkPropertyNames();
	return Names;
}

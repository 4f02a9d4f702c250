// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkConnection.h"

#include "CSTalkText.h"
#include "cstalk/Connection.h"

FString FCSTalkConnection::ToString() const
{
	return FString::Printf(TEXT("%s:%d %s"), *Address, Port, *Subject.ToString());
}

bool FCSTalkConnection::Parse(const FString& Text, FCSTalkConnection& OutConnection, FString& OutFault)
{
	const FTCHARToUTF8 Utf8(*Text);
	cstalk::Connection Parsed;
	const cstalk::ConnectionFault Fault = cstalk::ParseConnection(CSTalkView(Utf8), Parsed);
	if (Fault != cstalk::ConnectionFault::None)
	{
		OutFault = UTF8_TO_TCHAR(cstalk::Describe(Fault));
		return false;
	}
	OutConnection.Address = FString::Printf(TEXT("%d.%d.%d.%d"), static_cast<int32>(Parsed.address[0]), static_cast<int32>(Parsed.address[1]),
		static_cast<int32>(Parsed.address[2]), static_cast<int32>(Parsed.address[3]));
	OutConnection.Port = Parsed.port;
	OutConnection.Subject = FName(UTF8_TO_TCHAR(Parsed.subject));
	return true;
}

bool FCSTalkConnection::SameEndpoint(const FCSTalkConnection& Other) const
{
	return Port == Other.Port && Address == Other.Address;
}

bool FCSTalkConnection::operator==(const FCSTalkConnection& Other) const
{
	return SameEndpoint(Other) && Subject == Other.Subject;
}

bool FCSTalkConnection::operator!=(const FCSTalkConnection& Other) const
{
	return !(*this == Other);
}

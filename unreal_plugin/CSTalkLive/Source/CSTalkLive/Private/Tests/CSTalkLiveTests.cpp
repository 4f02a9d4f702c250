// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkCompat.h"
#include "CSTalkConnection.h"
#include "CSTalkSelfTest.h"
#include "Misc/AutomationTest.h"

// Automation RunTests cstalk
#if WITH_DEV_AUTOMATION_TESTS

IMPLEMENT_SIMPLE_AUTOMATION_TEST(FCSTalkSelfTestTest, "cstalk.SelfTest", CSTALK_TEST_FLAGS)

bool FCSTalkSelfTestTest::RunTest(const FString& Parameters)
{
	const FString Report = RunCSTalkSelfTest();
	AddInfo(Report);
	return TestFalse(TEXT("a line of the self-test failed"), Report.Contains(TEXT("FAIL")));
}

IMPLEMENT_SIMPLE_AUTOMATION_TEST(FCSTalkConnectionTest, "cstalk.Connection", CSTALK_TEST_FLAGS)

bool FCSTalkConnectionTest::RunTest(const FString& Parameters)
{
	FCSTalkConnection Connection;
	FString Fault;
	const bool bRead = FCSTalkConnection::Parse(TEXT("0.0.0.0:9100 Ana"), Connection, Fault);
	return TestTrue(TEXT("a connection is read"), bRead) &&
		TestEqual(TEXT("and written"), Connection.ToString(), FString(TEXT("0.0.0.0:9100 Ana")));
}

#endif

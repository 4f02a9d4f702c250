// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

// What other modules may link against. CSTalkCore.Build.cs defines the two macros in modular (editor) builds, where
// every module is a shared library; anywhere else they are absent and the marks mean nothing. They are our own
// because the engine's DLLEXPORT exists only after an engine header, and no file of the core includes one.
// Functions are marked, never whole classes: Visual C++ warns of every member of an exported class whose own type is
// not exported (C4251).
#if defined(CSTALK_CORE_SHARED) && defined(_WIN32) && defined(CSTALK_CORE_EXPORT)
#define CSTALK_API __declspec(dllexport)
#elif defined(CSTALK_CORE_SHARED) && defined(_WIN32)
#define CSTALK_API __declspec(dllimport)
#elif defined(CSTALK_CORE_SHARED)
#define CSTALK_API __attribute__((visibility("default")))
#else
#define CSTALK_API
#endif

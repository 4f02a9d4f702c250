// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ShimLog {
void Write(const char* Category, const char* Verbosity, const std::wstring& Text);
void Print(const char* Category, const char* Verbosity, const wchar_t* Text, ...);
}
#define DECLARE_LOG_CATEGORY_EXTERN(CategoryName, DefaultVerbosity, CompileTimeVerbosity) extern const char* const CategoryName##Shim
#define DEFINE_LOG_CATEGORY(CategoryName) const char* const CategoryName##Shim = #CategoryName
#if UE_BUILD_SHIPPING
#define UE_LOG(CategoryName, Verbosity, Format, ...) do {} while (false)
#else
#define UE_LOG(CategoryName, Verbosity, Format, ...) ShimLog::Print(CategoryName##Shim, #Verbosity, Format, ##__VA_ARGS__)
#endif

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdlib>

// Fundamental types and macros, as every engine header has them.
using int8 = signed char;
using uint8 = unsigned char;
using int16 = short;
using uint16 = unsigned short;
using int32 = int;
using uint32 = unsigned int;
using int64 = long long;
using uint64 = unsigned long long;
using SIZE_T = std::size_t;
using TCHAR = wchar_t;
using ANSICHAR = char;
#define TEXT(x) L##x
#define FORCEINLINE inline
#define UE_NONCOPYABLE(TypeName)                     \
  TypeName(TypeName&&) = delete;                     \
  TypeName(const TypeName&) = delete;                \
  TypeName& operator=(const TypeName&) = delete;     \
  TypeName& operator=(TypeName&&) = delete;
// Words the engine takes, so that a clash shows here.
#define check(expr) do { if (!(expr)) std::abort(); } while (false)
#define verify(expr) check(expr)
#define ensure(expr) (!!(expr))
#define PI (3.1415926535897932f)
enum { INDEX_NONE = -1 };

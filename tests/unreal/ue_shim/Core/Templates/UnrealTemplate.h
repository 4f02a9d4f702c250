// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

template <typename T> constexpr typename std::remove_reference<T>::type&& MoveTemp(T&& Obj) noexcept { return static_cast<typename std::remove_reference<T>::type&&>(Obj); }
template <typename T> constexpr T&& Forward(typename std::remove_reference<T>::type& Obj) noexcept { return static_cast<T&&>(Obj); }

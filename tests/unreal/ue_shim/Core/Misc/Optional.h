// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

template <typename T>
class TOptional {
 public:
  bool IsSet() const { return Data.has_value(); }
  void Reset() { Data.reset(); }
  TOptional& operator=(const T& Value) { Data = Value; return *this; }
  const T* operator->() const { return &*Data; }
  const T& operator*() const { return *Data; }
 private:
  std::optional<T> Data;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

template <typename T>
class TUniquePtr {
 public:
  TUniquePtr() = default;
  explicit TUniquePtr(T* In) : Data(In) {}
  T* Get() const { return Data.get(); }
  T* operator->() const { return Data.get(); }
  T& operator*() const { return *Data; }
  bool IsValid() const { return Data != nullptr; }
  void Reset(T* In = nullptr) { Data.reset(In); }
 private:
  std::unique_ptr<T> Data;
};
template <typename T, typename... A>
TUniquePtr<T> MakeUnique(A&&... Args) { return TUniquePtr<T>(new T(static_cast<A&&>(Args)...)); }

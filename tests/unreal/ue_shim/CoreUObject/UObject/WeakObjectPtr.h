// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

template <typename T>
struct TWeakObjectPtr {
  TWeakObjectPtr() = default;
  TWeakObjectPtr(T* In) : Data(In) {}
  bool IsValid() const { return Data != nullptr; }
  T* Get() const { return Data; }
  T* operator->() const { return Data; }
 private:
  T* Data = nullptr;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

template <typename T>
struct TObjectPtr {
  TObjectPtr() = default;
  TObjectPtr(T* In) : Data(In) {}
  operator T*() const { return Data; }
  T* operator->() const { return Data; }
 private:
  T* Data = nullptr;
};

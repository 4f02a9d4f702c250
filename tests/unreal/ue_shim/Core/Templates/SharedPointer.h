// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include "CoreTypes.h"

enum class ESPMode : uint8 { NotThreadSafe = 0, ThreadSafe = 1 };
template <typename T, ESPMode Mode = ESPMode::ThreadSafe> class TSharedPtr;
template <typename T, ESPMode Mode = ESPMode::ThreadSafe> class TWeakPtr;

template <typename T, ESPMode Mode = ESPMode::ThreadSafe>
class TSharedRef {
 public:
  explicit TSharedRef(std::shared_ptr<T> In) : Data(static_cast<std::shared_ptr<T>&&>(In)) {}
  template <typename U> TSharedRef(const TSharedRef<U, Mode>& Other) : Data(Other.ShimData()) {}
  T& Get() const { return *Data; }
  T& operator*() const { return *Data; }
  T* operator->() const { return Data.get(); }
  const std::shared_ptr<T>& ShimData() const { return Data; }
 private:
  std::shared_ptr<T> Data;
};

template <typename T, ESPMode Mode>
class TSharedPtr {
 public:
  TSharedPtr() = default;
  TSharedPtr(std::nullptr_t) {}
  template <typename U> TSharedPtr(const TSharedPtr<U, Mode>& Other) : Data(Other.ShimData()) {}
  template <typename U> TSharedPtr(const TSharedRef<U, Mode>& Other) : Data(Other.ShimData()) {}
  explicit TSharedPtr(std::shared_ptr<T> In) : Data(static_cast<std::shared_ptr<T>&&>(In)) {}
  bool IsValid() const { return Data != nullptr; }
  explicit operator bool() const { return IsValid(); }
  T* Get() const { return Data.get(); }
  T& operator*() const { return *Data; }
  T* operator->() const { return Data.get(); }
  void Reset() { Data.reset(); }
  TSharedRef<T, Mode> ToSharedRef() const { return TSharedRef<T, Mode>(Data); }
  bool operator==(const TSharedPtr& Other) const { return Data == Other.Data; }
  const std::shared_ptr<T>& ShimData() const { return Data; }
 private:
  std::shared_ptr<T> Data;
};

template <typename T, ESPMode Mode>
class TWeakPtr {
 public:
  TWeakPtr() = default;
  template <typename U> TWeakPtr(const TSharedRef<U, Mode>& Other) : Data(Other.ShimData()) {}
  template <typename U> TWeakPtr(const TSharedPtr<U, Mode>& Other) : Data(Other.ShimData()) {}
  bool IsValid() const { return !Data.expired(); }
  TSharedPtr<T, Mode> Pin() const { return TSharedPtr<T, Mode>(Data.lock()); }
 private:
  std::weak_ptr<T> Data;
};

template <typename T, ESPMode Mode = ESPMode::ThreadSafe, typename... A>
TSharedRef<T, Mode> MakeShared(A&&... Args) { return TSharedRef<T, Mode>(std::make_shared<T>(static_cast<A&&>(Args)...)); }

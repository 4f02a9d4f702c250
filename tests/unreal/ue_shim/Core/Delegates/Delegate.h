// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>
#include <vector>
#include "CoreTypes.h"

class FDelegateHandle {
 public:
  bool IsValid() const { return Id != 0; }
  uint64 Id = 0;
};

template <typename Signature> class TDelegate;
template <typename R, typename... A>
class TDelegate<R(A...)> {
 public:
  template <typename T> static TDelegate CreateRaw(T* Object, R (T::*Method)(A...)) { return TDelegate([Object, Method](A... Args) { return (Object->*Method)(Args...); }); }
  template <typename T> static TDelegate CreateSP(T* Object, R (T::*Method)(A...)) { return CreateRaw(Object, Method); }
  static TDelegate CreateStatic(R (*Function)(A...)) { return TDelegate(Function); }
  template <typename L> static TDelegate CreateLambda(L&& Lambda) { return TDelegate(Lambda); }
  TDelegate() = default;
  bool ShimIsBound() const { return static_cast<bool>(Call); }
  bool ExecuteIfBound(A... Args) const { if (!Call) return false; Call(Args...); return true; }
  R Execute(A... Args) const { return Call(Args...); }
 private:
  explicit TDelegate(std::function<R(A...)> In) : Call(static_cast<std::function<R(A...)>&&>(In)) {}
  std::function<R(A...)> Call;
};

template <typename Signature> class TMulticastDelegate;
template <typename... A>
class TMulticastDelegate<void(A...)> {
 public:
  template <typename T> FDelegateHandle AddUObject(T* Object, void (T::*Method)(A...)) { return ShimAdd([Object, Method](A... Args) { (Object->*Method)(Args...); }); }
  FDelegateHandle ShimAdd(std::function<void(A...)> Call) {
    FDelegateHandle Handle;
    Handle.Id = ++Last;
    Calls.emplace_back(Handle.Id, static_cast<std::function<void(A...)>&&>(Call));
    return Handle;
  }
  bool Remove(FDelegateHandle Handle) {
    for (auto It = Calls.begin(); It != Calls.end(); ++It) if (It->first == Handle.Id) { Calls.erase(It); return true; }
    return false;
  }
  void Broadcast(A... Args) const {
    const auto Copy = Calls;
    for (const auto& Call : Copy) Call.second(Args...);
  }
 private:
  uint64 Last = 0;
  std::vector<std::pair<uint64, std::function<void(A...)>>> Calls;
};

#define DECLARE_MULTICAST_DELEGATE_OneParam(DelegateName, Param1Type) typedef TMulticastDelegate<void(Param1Type)> DelegateName
#define DECLARE_DELEGATE_TwoParams(DelegateName, Param1Type, Param2Type) typedef TDelegate<void(Param1Type, Param2Type)> DelegateName
#define DECLARE_DYNAMIC_MULTICAST_DELEGATE(DelegateName) class DelegateName : public TMulticastDelegate<void()> {}
#define DECLARE_DYNAMIC_MULTICAST_DELEGATE_OneParam(DelegateName, Param1Type, Param1Name) class DelegateName : public TMulticastDelegate<void(Param1Type)> {}

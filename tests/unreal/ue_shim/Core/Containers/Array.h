// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <initializer_list>
#include <vector>
#include "CoreTypes.h"

template <typename T>
class TArray {
 public:
  TArray() = default;
  TArray(std::initializer_list<T> List) : Items(List) {}
  int32 Num() const { return static_cast<int32>(Items.size()); }
  int32 Add(const T& Item) { Items.push_back(Item); return Num() - 1; }
  int32 Add(T&& Item) { Items.push_back(static_cast<T&&>(Item)); return Num() - 1; }
  int32 AddUnique(const T& Item) { return Contains(Item) ? INDEX_NONE : Add(Item); }
  void Append(const TArray& Other) { Items.insert(Items.end(), Other.Items.begin(), Other.Items.end()); }
  void Append(TArray&& Other) { Append(Other); Other.Items.clear(); }
  void Append(const T* Ptr, int32 Count) { Items.insert(Items.end(), Ptr, Ptr + Count); }
  void RemoveAt(int32 Index) { Items.erase(Items.begin() + Index); }
  int32 RemoveSingle(const T& Item) {
    for (auto It = Items.begin(); It != Items.end(); ++It) if (*It == Item) { Items.erase(It); return 1; }
    return 0;
  }
  template <typename P> int32 RemoveAll(const P& Predicate) {
    const auto Begin = std::remove_if(Items.begin(), Items.end(), Predicate);
    const int32 Count = static_cast<int32>(Items.end() - Begin);
    Items.erase(Begin, Items.end());
    return Count;
  }
  bool Contains(const T& Item) const { for (const T& One : Items) if (One == Item) return true; return false; }
  template <typename P> bool ContainsByPredicate(P Predicate) const { for (const T& One : Items) if (Predicate(One)) return true; return false; }
  void Empty(int32 Slack = 0) { Items.clear(); static_cast<void>(Slack); }
  void Reset(int32 NewSize = 0) { Items.clear(); static_cast<void>(NewSize); }
  void Reserve(int32 Number) { Items.reserve(static_cast<std::size_t>(Number)); }
  void SetNumUninitialized(int32 NewNum) { Items.resize(static_cast<std::size_t>(NewNum)); }
  T* GetData() { return Items.data(); }
  const T* GetData() const { return Items.data(); }
  T& operator[](int32 Index) { return Items[static_cast<std::size_t>(Index)]; }
  const T& operator[](int32 Index) const { return Items[static_cast<std::size_t>(Index)]; }
  auto begin() { return Items.begin(); }
  auto end() { return Items.end(); }
  auto begin() const { return Items.begin(); }
  auto end() const { return Items.end(); }
 private:
  std::vector<T> Items;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include "CoreTypes.h"

template <typename K, typename V>
class TMap {
 public:
  V& Add(const K& Key, const V& Value) { return Items[Key] = Value; }
  const V* Find(const K& Key) const { const auto It = Items.find(Key); return It == Items.end() ? nullptr : &It->second; }
  int32 Num() const { return static_cast<int32>(Items.size()); }
 private:
  std::map<K, V> Items;
};

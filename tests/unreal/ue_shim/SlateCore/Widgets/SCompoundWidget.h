// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Widgets/DeclarativeSyntaxSupport.h"

class SCompoundWidget : public SWidget {
 public:
  void ShimVisit(const std::function<void(SWidget&)>& Visitor) override { Visitor(*this); if (ChildSlot.Content.IsValid()) ChildSlot.Content->ShimVisit(Visitor); }
 protected:
  struct ShimSlot { ShimSlot& operator[](TSharedRef<SWidget> Child) { Content = Child; return *this; } TSharedPtr<SWidget> Content; };
  ShimSlot ChildSlot;
};

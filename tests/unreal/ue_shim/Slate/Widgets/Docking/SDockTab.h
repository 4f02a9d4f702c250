// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Framework/Docking/TabManager.h"
#include "Widgets/DeclarativeSyntaxSupport.h"

class SDockTab : public SWidget {
 public:
  struct FArguments {
    FArguments& TabRole(ETabRole In) { Role = In; return *this; }
    FArguments& operator[](const TSharedRef<SWidget>& Child) { Content = Child; return *this; }
    ETabRole Role = ETabRole::PanelTab;
    TSharedPtr<SWidget> Content;
  };
  void Construct(const FArguments& InArgs) { ShimRole = InArgs.Role; ShimContent = InArgs.Content; }
  void ShimVisit(const std::function<void(SWidget&)>& Visitor) override { Visitor(*this); if (ShimContent.IsValid()) ShimContent->ShimVisit(Visitor); }
  ETabRole ShimRole = ETabRole::PanelTab;
  TSharedPtr<SWidget> ShimContent;
};

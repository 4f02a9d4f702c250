// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Input/Reply.h"
#include "Internationalization/Text.h"
#include "Widgets/DeclarativeSyntaxSupport.h"

class SButton : public SWidget {
 public:
  struct FArguments {
    FArguments& Text(const FText& In) { ShimLabel = In; return *this; }
    FArguments& ToolTipText(const FText& In) { static_cast<void>(In); return *this; }
    template <typename T> FArguments& OnClicked(T* Object, FReply (T::*Method)()) { ShimClicked = [Object, Method] { return (Object->*Method)(); }; return *this; }
    FText ShimLabel;
    std::function<FReply()> ShimClicked;
  };
  void Construct(const FArguments& InArgs) { Shim = InArgs; }
  SButton* ShimAsButton() override { return this; }
  FArguments Shim;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Internationalization/Text.h"
#include "Widgets/DeclarativeSyntaxSupport.h"

class SEditableTextBox : public SWidget {
 public:
  struct FArguments {
    FArguments& Text(const FText& In) { ShimValue = In; return *this; }
    FArguments& MinDesiredWidth(float In) { static_cast<void>(In); return *this; }
    FText ShimValue;
  };
  void Construct(const FArguments& InArgs) { ShimText = InArgs.ShimValue; }
  FText GetText() const { return ShimText; }
  FText ShimText;
};

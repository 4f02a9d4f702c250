// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Internationalization/Text.h"
#include "Styling/SlateColor.h"
#include "Widgets/DeclarativeSyntaxSupport.h"

class STextBlock : public SWidget {
 public:
  struct FArguments {
    FArguments& Text(const FText& In) { Fixed = In; return *this; }
    template <typename T> FArguments& Text(T* Object, FText (T::*Method)() const) { Asked = [Object, Method] { return (Object->*Method)(); }; return *this; }
    FArguments& AutoWrapText(bool In) { static_cast<void>(In); return *this; }
    FText Fixed;
    std::function<FText()> Asked;
  };
  void Construct(const FArguments& InArgs) { Arguments = InArgs; }
  void SetText(const FText& In) { Arguments.Fixed = In; }
  void SetColorAndOpacity(const FSlateColor& In) { ShimColor = In; }
  STextBlock* ShimAsText() override { return this; }
  FText GetText() const { return Arguments.Asked ? Arguments.Asked() : Arguments.Fixed; }
  FSlateColor ShimColor = FSlateColor(FLinearColor(0.0f, 0.0f, 0.0f));
 private:
  FArguments Arguments;
};

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Containers/Array.h"
#include "Layout/Margin.h"
#include "Widgets/DeclarativeSyntaxSupport.h"

template <typename S> struct ShimSlotArguments {
  S& AutoHeight() { return static_cast<S&>(*this); }
  S& AutoWidth() { return static_cast<S&>(*this); }
  S& FillWidth(float In) { static_cast<void>(In); return static_cast<S&>(*this); }
  S& Padding(const FMargin& In) { static_cast<void>(In); return static_cast<S&>(*this); }
  S& operator[](const TSharedRef<SWidget>& Child) { Content = Child; return static_cast<S&>(*this); }
  TSharedPtr<SWidget> Content;
};

class SBoxPanel : public SWidget {
 public:
  struct FArguments {
    template <typename S> FArguments& operator+(const ShimSlotArguments<S>& In) { Children.Add(In.Content); return *this; }
    TArray<TSharedPtr<SWidget>> Children;
  };
  // A slot that is added later: its content goes to the panel.
  struct FScopedWidgetSlotArguments : public ShimSlotArguments<FScopedWidgetSlotArguments> {
    explicit FScopedWidgetSlotArguments(SBoxPanel& In) : Panel(In) {}
    ~FScopedWidgetSlotArguments() { Panel.Children.Add(Content); }
    SBoxPanel& Panel;
  };
  void Construct(const FArguments& InArgs) { Children = InArgs.Children; }
  void ClearChildren() { Children.Empty(); }
  FScopedWidgetSlotArguments AddSlot() { return FScopedWidgetSlotArguments(*this); }
  void ShimVisit(const std::function<void(SWidget&)>& Visitor) override { Visitor(*this); for (const TSharedPtr<SWidget>& Child : Children) if (Child.IsValid()) Child->ShimVisit(Visitor); }
  TArray<TSharedPtr<SWidget>> Children;
};
class SVerticalBox : public SBoxPanel { public: struct FSlotArguments : public ShimSlotArguments<FSlotArguments> {}; static FSlotArguments Slot() { return FSlotArguments(); } };
class SHorizontalBox : public SBoxPanel { public: struct FSlotArguments : public ShimSlotArguments<FSlotArguments> {}; static FSlotArguments Slot() { return FSlotArguments(); } };

// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include "Templates/SharedPointer.h"
#include "Types/WidgetActiveTimerDelegate.h"

class FActiveTimerHandle {};
class SButton;
class STextBlock;
class SWidget {
 public:
  virtual ~SWidget() = default;
  TSharedRef<FActiveTimerHandle> RegisterActiveTimer(float TickPeriod, FWidgetActiveTimerDelegate TickFunction) { static_cast<void>(TickPeriod); ShimTimer = TickFunction; return MakeShared<FActiveTimerHandle>(); }
  virtual void ShimVisit(const std::function<void(SWidget&)>& Visitor) { Visitor(*this); }
  virtual STextBlock* ShimAsText() { return nullptr; }
  virtual SButton* ShimAsButton() { return nullptr; }
  FWidgetActiveTimerDelegate ShimTimer;
};
// SNew(Type).Name(value)...[child]: the arguments are gathered, then Construct is called.
template <typename W> struct ShimNew : public W::FArguments {
  TSharedRef<W> Make() const { TSharedRef<W> Widget = MakeShared<W>(); Widget->Construct(*this); return Widget; }
};
template <typename W> TSharedRef<W> operator<<=(ShimNew<W> New, const typename W::FArguments& Arguments) {
  static_cast<typename W::FArguments&>(New) = Arguments;
  return New.Make();
}
#define SNew(WidgetType, ...) ShimNew<WidgetType>() <<= typename WidgetType::FArguments()
#define SAssignNew(ExposeAs, WidgetType, ...) ShimAssign(ExposeAs) = ShimNew<WidgetType>() <<= typename WidgetType::FArguments()
template <typename W> struct ShimAssignment {
  TSharedPtr<W>* Target;
  template <typename V> TSharedRef<V> operator=(const TSharedRef<V>& Widget) { *Target = Widget; return Widget; }
};
template <typename W> ShimAssignment<W> ShimAssign(TSharedPtr<W>& Target) { return ShimAssignment<W>{&Target}; }
#define SLATE_BEGIN_ARGS(WidgetType) \
 public:                             \
  struct FArguments {                \
    using WidgetArgsType = FArguments; \
    FArguments()
#define SLATE_EVENT(DelegateName, EventName) \
    DelegateName _##EventName;               \
    FArguments& EventName(const DelegateName& In) { _##EventName = In; return *this; }
#define SLATE_END_ARGS() };

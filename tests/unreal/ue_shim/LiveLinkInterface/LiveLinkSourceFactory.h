// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Delegates/Delegate.h"
#include "Internationalization/Text.h"
#include "Misc/EngineVersionComparison.h"
#include "Templates/SharedPointer.h"
#include "UObject/Object.h"

class ILiveLinkSource;
class SWidget;
struct FLiveLinkSourcePreset {};
class ULiveLinkSourceFactory : public UObject {
  SHIM_OBJECT(ULiveLinkSourceFactory, UObject)
  enum class EMenuType { SubPanel, MenuEntry, Disabled };
  DECLARE_DELEGATE_TwoParams(FOnLiveLinkSourceCreated, TSharedPtr<ILiveLinkSource>, FString);
  virtual FText GetSourceDisplayName() const { return FText(); }
  virtual FText GetSourceTooltip() const { return FText(); }
  virtual EMenuType GetMenuType() const { return EMenuType::Disabled; }
  virtual TSharedPtr<SWidget> BuildCreationPanel(FOnLiveLinkSourceCreated OnLiveLinkSourceCreated) const { static_cast<void>(OnLiveLinkSourceCreated); return nullptr; }
  virtual TSharedPtr<ILiveLinkSource> CreateSource(const FString& ConnectionString) const { static_cast<void>(ConnectionString); return nullptr; }
#if SHIM_UE_MINOR >= 8
  virtual TSharedPtr<ILiveLinkSource> CreateSource(const FLiveLinkSourcePreset& SourcePreset) { static_cast<void>(SourcePreset); return nullptr; }
#endif
};

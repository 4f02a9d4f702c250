// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "fake_client.h"

#include <thread>

#include "InterpolationProcessor/LiveLinkBasicFrameInterpolateProcessor.h"
#include "LiveLinkSourceSettings.h"
#include "Roles/LiveLinkBasicRole.h"

FakeClient::FakeClient() { IModularFeatures::Get().ShimFeature = this; }

FakeClient::~FakeClient() {
  while (!sources_.empty()) Remove(TSharedPtr<ILiveLinkSource>(sources_.back().source));
  IModularFeatures::Get().ShimFeature = nullptr;
}

FGuid FakeClient::AddSource(TSharedPtr<ILiveLinkSource> source) {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  FGuid guid;
  guid.A = ++nextGuid_;
  auto* settings = static_cast<ULiveLinkSourceSettings*>(source->GetSettingsClass().Get()->ShimMake());
  ShimKeep(settings);
  sources_.push_back({source, guid, settings});
  source->ReceiveClient(this, guid);
  source->InitializeSettings(settings);
  return guid;
}

FakeClient::Entry* FakeClient::Find(const FGuid& guid) {
  for (Entry& entry : sources_) {
    if (entry.guid == guid) return &entry;
  }
  return nullptr;
}

std::string FakeClient::Known(const FLiveLinkSubjectKey& key) {
  const std::string name = key.SubjectName.Name.ToString().ShimUtf8();
  if (Find(key.Source) == nullptr) faults_.push_back("a push for " + name + " after its source was gone");
  return name;
}

void FakeClient::PushSubjectStaticData_AnyThread(const FLiveLinkSubjectKey& key, TSubclassOf<ULiveLinkRole> role,
                                                 FLiveLinkStaticDataStruct&& data) {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  FakeSubject& subject = subjects_[Known(key)];
  if (role.Get() != ULiveLinkBasicRole::StaticClass()) faults_.push_back("another role");
  ++subject.statics;
  subject.names.clear();
  for (const FName& name : data.Cast<FLiveLinkBaseStaticData>()->PropertyNames) subject.names.push_back(name.ToString().ShimUtf8());
  if (subject.settings == nullptr) {
    subject.settings = NewObject<ULiveLinkSubjectSettings>(nullptr);
    if (subjectsHaveInterpolation) {
      subject.settings->InterpolationProcessor = NewObject<ULiveLinkBasicFrameInterpolationProcessor>(subject.settings);
    }
  }
}

void FakeClient::PushSubjectFrameData_AnyThread(const FLiveLinkSubjectKey& key, FLiveLinkFrameDataStruct&& data) {
  std::this_thread::sleep_for(std::chrono::milliseconds(pushDelayMs));
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  FakeSubject& subject = subjects_[Known(key)];
  const FLiveLinkBaseFrameData& base = *data.Cast<FLiveLinkBaseFrameData>();
  if (subject.statics == 0) faults_.push_back("a frame before static data");
  if (static_cast<std::size_t>(base.PropertyValues.Num()) != subject.names.size()) faults_.push_back("as many values as names: no");
  subject.times.push_back(base.WorldTime.GetOffsettedTime());
  subject.values.emplace_back(base.PropertyValues.begin(), base.PropertyValues.end());
}

void FakeClient::RemoveSubject_AnyThread(const FLiveLinkSubjectKey& key) {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  ++subjects_[Known(key)].removals;
}

void FakeClient::ClearSubjectsFrames_AnyThread(const FLiveLinkSubjectKey& key) {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  ++subjects_[Known(key)].clears;
}

UObject* FakeClient::GetSubjectSettings(const FLiveLinkSubjectKey& key) const {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  const auto found = subjects_.find(key.SubjectName.Name.ToString().ShimUtf8());
  return found == subjects_.end() ? nullptr : found->second.settings;
}

void FakeClient::Tick() {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  for (const Entry& entry : std::vector<Entry>(sources_)) entry.source->Update();
}

bool FakeClient::TryRemove(const TSharedPtr<ILiveLinkSource>& source) {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  if (!source->RequestSourceShutdown()) return false;
  for (auto it = sources_.begin(); it != sources_.end(); ++it) {
    if (it->source == source) {
      sources_.erase(it);
      break;
    }
  }
  return true;
}

int FakeClient::Remove(const TSharedPtr<ILiveLinkSource>& source) {
  int calls = 1;
  for (; !TryRemove(source); ++calls) std::this_thread::yield();
  return calls;
}

ULiveLinkSourceSettings* FakeClient::SettingsOf(const TSharedPtr<ILiveLinkSource>& source) {
  for (const Entry& entry : sources_) {
    if (entry.source == source) return entry.settings;
  }
  return nullptr;
}

FakeSubject FakeClient::Subject(const char* name) const {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  const auto found = subjects_.find(name);
  return found == subjects_.end() ? FakeSubject() : found->second;
}

std::size_t FakeClient::Frames(const char* name) const {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  const auto found = subjects_.find(name);
  return found == subjects_.end() ? 0 : found->second.values.size();
}

std::vector<std::string> FakeClient::Faults() const {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  return faults_;
}

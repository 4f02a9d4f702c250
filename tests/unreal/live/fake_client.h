// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ILiveLinkClient.h"
#include "ILiveLinkSource.h"
#include "LiveLinkSubjectSettings.h"

// What Live Link knows of one subject.
struct FakeSubject {
  std::vector<std::string> names;
  int statics = 0;
  int clears = 0;
  int removals = 0;
  std::vector<double> times;
  std::vector<std::vector<float>> values;
  ULiveLinkSubjectSettings* settings = nullptr;
};

// A Live Link client that keeps everything and holds one lock over all, as the engine's may: a source that waits for its
// receiver thread inside a call dead-locks here.
class FakeClient final : public ILiveLinkClient {
 public:
  FakeClient();
  ~FakeClient() override;  // shuts its sources down, as the engine's does

  // As the engine adds a source: client, settings; `preset` makes the subject first, with or without interpolation.
  FGuid AddSource(TSharedPtr<ILiveLinkSource> source) override;
  void PushSubjectStaticData_AnyThread(const FLiveLinkSubjectKey& key, TSubclassOf<ULiveLinkRole> role, FLiveLinkStaticDataStruct&& data) override;
  void PushSubjectFrameData_AnyThread(const FLiveLinkSubjectKey& key, FLiveLinkFrameDataStruct&& data) override;
  void RemoveSubject_AnyThread(const FLiveLinkSubjectKey& key) override;
  void ClearSubjectsFrames_AnyThread(const FLiveLinkSubjectKey& key) override;
  UObject* GetSubjectSettings(const FLiveLinkSubjectKey& key) const override;

  // A tick of the game thread: every source's Update under the lock.
  void Tick();

  // One call of RequestSourceShutdown under the lock; true when the source agreed and was forgotten.
  bool TryRemove(const TSharedPtr<ILiveLinkSource>& source);

  // Until it agrees; returns how many calls it took.
  int Remove(const TSharedPtr<ILiveLinkSource>& source);

  ULiveLinkSourceSettings* SettingsOf(const TSharedPtr<ILiveLinkSource>& source);
  FakeSubject Subject(const char* name) const;
  std::size_t Frames(const char* name) const;
  std::size_t Sources() const { return sources_.size(); }

  // What may never happen: frames before static data, counts that differ, pushes of a source that is gone.
  std::vector<std::string> Faults() const;

  bool subjectsHaveInterpolation = true;

  // A push that takes its time before it reaches the lock: whoever agrees to a shutdown meanwhile is caught.
  int pushDelayMs = 0;

 private:
  struct Entry {
    TSharedPtr<ILiveLinkSource> source;
    FGuid guid;
    ULiveLinkSourceSettings* settings;
  };

  Entry* Find(const FGuid& guid);
  std::string Known(const FLiveLinkSubjectKey& key);

  mutable std::recursive_mutex mutex_;
  std::vector<Entry> sources_;
  std::map<std::string, FakeSubject> subjects_;
  std::vector<std::string> faults_;
  uint32 nextGuid_ = 0;
};

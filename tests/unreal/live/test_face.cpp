// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// The component on actors like those of each engine version.
#include <cstring>

#include "Animation/AnimInstanceProxy.h"
#include "Animation/Skeleton.h"
#include "CSTalkBlueprintLibrary.h"
#include "CSTalkFaceAnimInstance.h"
#include "CSTalkFaceComponent.h"
#include "CSTalkNames.h"
#include "Components/SkeletalMeshComponent.h"
#include "Engine/SkeletalMesh.h"
#include "Engine/World.h"
#include "GameFramework/Actor.h"
#include "LiveLinkInstance.h"
#include "UObject/UnrealType.h"
#include "cstalk/EmotionCodec.h"
#include "stage.h"

// A graph of 5.4: it has the subject's variable and knows ARKit only. 5.6's also has IsMHFDS.
class UOldGraph : public UAnimInstance {
  SHIM_OBJECT(UOldGraph, UAnimInstance)
  FLiveLinkSubjectName LLink_Face_Subj{FName(TEXT("iPhone"))};
};
class UNewGraph : public UOldGraph {
  SHIM_OBJECT(UNewGraph, UOldGraph)
};

namespace {

void DescribeGraphs() {
  static FStructProperty subject;
  static FProperty flag;
  UOldGraph graph;
  subject.Struct = FLiveLinkSubjectName::StaticStruct();
  subject.ShimOffset = static_cast<int32>(reinterpret_cast<char*>(&graph.LLink_Face_Subj) - reinterpret_cast<char*>(&graph));
  UOldGraph::StaticClass()->ShimProperties[FName(TEXT("LLink_Face_Subj"))] = &subject;
  UNewGraph::StaticClass()->ShimProperties[FName(TEXT("IsMHFDS"))] = &flag;
}

struct Stage {
  explicit Stage(UClass* graph) {
    DescribeGraphs();
    body.ShimName = FName(TEXT("Body"));
    face.ShimName = FName(TEXT("Face"));
    face.SetAnimInstanceClass(graph);
    actor.ShimName = FName(TEXT("BP_Ada"));
    actor.ShimComponents.Add(&body);
    actor.ShimComponents.Add(&face);
    component.ShimOwner = &actor;
    component.ShimWorld = &world;
    component.bUseProjectConnection = false;
    component.Connection = At(port);
  }
  ~Stage() { component.OnUnregister(); }

  void Tick() {
    component.TickComponent(0.02f, LEVELTICK_All, nullptr);
    FTSTicker::GetCoreTicker().Tick(0.02f);
    client.Tick();
  }
  std::string State() const { return component.GetBindingState().ShimUtf8(); }
  FName Subject() { return static_cast<UOldGraph*>(face.GetAnimInstance())->LLink_Face_Subj.Name; }

  HubGuard hub;
  FakeClient client;
  std::uint16_t port = FreePort();
  UWorld world;
  AActor actor;
  USkeletalMeshComponent body;
  USkeletalMeshComponent face;
  UCSTalkFaceComponent component;
};

}  // namespace

CSTALK_TEST(a_new_graph_is_told_the_subject_and_gets_it_back) {
  Stage stage(UNewGraph::StaticClass());
  stage.component.BeginPlay();
  EXPECT(stage.component.IsBound() && stage.Subject() == FName(TEXT("CSTalk")));
  EXPECT(stage.State().find("LLink_Face_Subj") != std::string::npos);
  EXPECT(stage.client.Sources() == 1);
  EXPECT(stage.face.VisibilityBasedAnimTickOption == EVisibilityBasedAnimTickOption::AlwaysTickPoseAndRefreshBones);
  stage.component.Bind();  // again, as after a PIE session: no second source
  EXPECT(stage.client.Sources() == 1);
  Program program;
  EXPECT(Until([&] { return stage.component.GetStatus().AppliedPerSecond > 10.0f; }, 5.0, [&] {
    program.SendFrame(stage.port);
    stage.Tick();
  }));
  EXPECT(stage.component.GetStatus().FacesBound == 1);
  const float delay = stage.component.GetEffectiveDelaySeconds();
  EXPECT(delay > 0.070f && delay < 0.085f);  // 40 ms of the sender, 35 ms of Live Link
  stage.component.EndPlay(EEndPlayReason::Destroyed);
  EXPECT(!stage.component.IsBound() && stage.Subject() == FName(TEXT("iPhone")));
  EXPECT(stage.face.VisibilityBasedAnimTickOption == EVisibilityBasedAnimTickOption::AlwaysTickPose);
}

CSTALK_TEST(an_old_graph_is_driven_directly_and_comes_back) {
  Stage stage(UOldGraph::StaticClass());
  stage.component.BeginPlay();
  EXPECT(stage.component.IsBound() && stage.client.Sources() == 0);
  auto* instance = Cast<UCSTalkFaceAnimInstance>(stage.face.GetAnimInstance());
  EXPECT(instance != nullptr && instance->GetFeed().IsValid());
  const std::unique_ptr<FAnimInstanceProxy> proxy(instance->ShimMakeProxy());
  const FName jaw(TEXT("CTRL_expressions_jawOpen"));
  FPoseContext pose;
  Program program;
  EXPECT(Until([&] { return pose.Curve.ShimValues[jaw] == 0.5f; }, 5.0, [&] {
    program.SendFrame(stage.port);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    stage.Tick();
    proxy->ShimUpdate(instance);
    EXPECT(proxy->ShimEvaluate(pose));
  }));
  EXPECT(pose.Curve.ShimValues.size() == 260 && pose.ShimBonesFromBody == 1);
  EXPECT(pose.Curve.ShimValues[FName(TEXT("MHFDSVersion"))] == 1.0f);
  // The program stops: the face comes to rest.
  EXPECT(Until([&] { return pose.Curve.ShimValues[jaw] == 0.0f; }, 5.0, [&] {
    stage.Tick();
    proxy->ShimUpdate(instance);
    proxy->ShimEvaluate(pose);
  }));
  stage.component.Unbind();
  EXPECT(stage.face.GetAnimClass() == UOldGraph::StaticClass());
}

CSTALK_TEST(a_graph_that_the_actor_swaps_in_is_used) {
  Stage stage(UAnimInstance::StaticClass());
  UFunction setup;
  setup.ShimCall = [&stage](UObject*) { stage.face.SetAnimInstanceClass(UNewGraph::StaticClass()); };
  stage.actor.ShimFunctions[FName(TEXT("LiveLinkSetup"))] = &setup;
  stage.component.BeginPlay();
  EXPECT(stage.component.IsBound() && stage.face.GetAnimClass() == UNewGraph::StaticClass());
  EXPECT(stage.Subject() == FName(TEXT("CSTalk")));
  stage.component.Unbind();
  EXPECT(stage.face.GetAnimClass() == UAnimInstance::StaticClass());
}

CSTALK_TEST(a_live_link_instance_is_told_the_subject) {
  Stage stage(ULiveLinkInstance::StaticClass());
  stage.component.BeginPlay();
  EXPECT(static_cast<ULiveLinkInstance*>(stage.face.GetAnimInstance())->ShimSubject.Name == FName(TEXT("CSTalk")));
}

CSTALK_TEST(a_chosen_class_and_a_chosen_way_are_followed) {
  Stage stage(UOldGraph::StaticClass());
  stage.component.LiveLinkAnimClass = UNewGraph::StaticClass();
  stage.component.BeginPlay();
  EXPECT(stage.face.GetAnimClass() == UNewGraph::StaticClass() && stage.component.IsBound());
  stage.component.Unbind();
  EXPECT(stage.face.GetAnimClass() == UOldGraph::StaticClass());
  stage.component.Binding = ECSTalkBinding::Direct;
  stage.component.Bind();
  EXPECT(stage.face.GetAnimClass() == UCSTalkFaceAnimInstance::StaticClass());
}

CSTALK_TEST(a_face_that_comes_later_is_found) {
  Stage stage(UNewGraph::StaticClass());
  stage.actor.ShimComponents = TArray<UObject*>();
  stage.component.BeginPlay();
  EXPECT(!stage.component.IsBound() && stage.State().find("no face: BP_Ada") == 0);
  stage.actor.ShimComponents.Add(&stage.face);
  for (int k = 0; k < 60; ++k) stage.Tick();
  EXPECT(stage.component.IsBound());
  // Somebody gives the face another graph: it is tied again.
  stage.face.SetAnimInstanceClass(UNewGraph::StaticClass());
  EXPECT(!stage.component.IsBound());
  for (int k = 0; k < 60; ++k) stage.Tick();
  EXPECT(stage.component.IsBound() && stage.Subject() == FName(TEXT("CSTalk")));
  EXPECT(stage.component.GetStatus().FacesBound == 1);
}

CSTALK_TEST(a_port_that_becomes_free_is_opened_for_a_bound_face) {
  Stage stage(UOldGraph::StaticClass());
  auto other = std::make_unique<Program>();
  stage.component.Connection = At(other->Port());
  stage.component.BeginPlay();
  EXPECT(stage.component.IsBound() && !stage.component.GetStatus().bListening);
  other.reset();
  for (int k = 0; k < 60; ++k) stage.Tick();
  EXPECT(stage.component.GetStatus().bListening);
}

CSTALK_TEST(a_face_that_follows_a_leader_is_refused_with_the_reason) {
  Stage stage(UNewGraph::StaticClass());
  stage.face.LeaderPoseComponent = &stage.body;
  ShimTakeLog();
  stage.component.BeginPlay();
  EXPECT(!stage.component.IsBound() && Logged("leader pose"));
}

CSTALK_TEST(events_are_told_on_the_game_thread) {
  Stage stage(UNewGraph::StaticClass());
  std::string told;
  stage.component.OnConnected.ShimAdd([&] { told += "C"; });
  stage.component.OnSpeechStarted.ShimAdd([&] { told += "S"; });
  stage.component.OnSpeechStopped.ShimAdd([&] { told += "s"; });
  stage.component.OnMicrophoneLost.ShimAdd([&] { told += "M"; });
  stage.component.OnDisconnected.ShimAdd([&] { told += "D"; stage.component.Unbind(); });  // while it is being told
  stage.component.OnEmotionChanged.ShimAdd([&](const FCSTalkEmotion& emotion) {
    told += emotion.Mix.Num() == 1 && emotion.Mix[0].Name == FName(TEXT("happy")) && emotion.bMuted ? "E" : "?";
  });
  stage.component.BeginPlay();
  Program program;
  const auto ticks = [&] {
    for (int k = 0; k < 10; ++k) {
      stage.Tick();
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
  };
  program.SendFrame(stage.port, 0.1f, cstalk::kFlagSpeech);
  ticks();
  cstalk::Emotion emotion;
  emotion.session = 7;
  emotion.intensity = 1.0f;
  emotion.muted = true;
  emotion.count = 1;
  std::strcpy(emotion.names[0], "happy");
  emotion.weights[0] = 1.0f;
  std::uint8_t bytes[256];
  const std::size_t size = cstalk::EncodeEmotion(emotion, bytes, sizeof bytes);
  program.Send(stage.port, bytes, size);
  program.Send(stage.port, bytes, size);
  ticks();
  program.SendFrame(stage.port, 0.1f, cstalk::kFlagNoSource);
  ticks();
  EXPECT(Until([&] { return told.find('D') != std::string::npos; }, 5.0, [&] { stage.Tick(); }));
  EXPECT(told == "CSEsMD");
}

CSTALK_TEST(in_the_editor_only_who_asks_is_updated) {
#if WITH_EDITOR
  Stage stage(UNewGraph::StaticClass());
  stage.world.WorldType = EWorldType::Editor;
  stage.component.OnRegister();
  stage.Tick();
  EXPECT(!stage.component.IsBound());
  stage.component.bUpdateInEditor = true;
  stage.component.OnRegister();
  EXPECT(!stage.component.IsBound());
  stage.Tick();
  EXPECT(stage.component.IsBound() && stage.face.ShimUpdatesInEditor);
#endif
}

CSTALK_TEST(curves_that_a_mesh_lacks_are_named) {
  USkeleton skeleton;
  USkeletalMesh mesh;
  USkeletalMeshComponent face;
  EXPECT(UCSTalkBlueprintLibrary::FindMissingCurves(nullptr).Num() == 251);
  mesh.ShimSkeleton = &skeleton;
  face.ShimMesh = &mesh;
  skeleton.ShimCurves = GetCSTalkPropertyNames();
  EXPECT(UCSTalkBlueprintLibrary::FindMissingCurves(&face).Num() == 0);
  skeleton.ShimCurves.RemoveAt(3);
  EXPECT(UCSTalkBlueprintLibrary::FindMissingCurves(&face).Num() == 1);
}

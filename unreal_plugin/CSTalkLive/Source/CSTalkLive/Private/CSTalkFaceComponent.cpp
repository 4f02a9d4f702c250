// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkFaceComponent.h"

#include "Animation/AnimInstance.h"
#include "CSTalkFaceAnimInstance.h"
#include "CSTalkFaceBinding.h"
#include "CSTalkFaceFeed.h"
#include "CSTalkHub.h"
#include "CSTalkLog.h"
#include "CSTalkSettings.h"
#include "CSTalkSubsystem.h"
#include "Components/SkeletalMeshComponent.h"
#include "Engine/World.h"
#include "GameFramework/Actor.h"

namespace
{
	/** Seconds between two looks at a face that is not there or not tied, or at a port that was taken. */
	constexpr float CSTalkLookAgainSeconds = 1.0f;

	/** What Live Link adds to 60 evenly stamped frames a second, and the offset our source settings ask for. */
	constexpr int64 CSTalkLiveLinkDelayUs = 35000;

	constexpr cstalk::BindingWish ToCSTalkWish(ECSTalkBinding Binding)
	{
		switch (Binding)
		{
		case ECSTalkBinding::LiveLink:
			return cstalk::BindingWish::LiveLink;
		case ECSTalkBinding::Direct:
			return cstalk::BindingWish::Direct;
		case ECSTalkBinding::Automatic:
			break;
		}
		return cstalk::BindingWish::Automatic;
	}
}

UCSTalkFaceComponent::UCSTalkFaceComponent()
{
	PrimaryComponentTick.bCanEverTick = true;
	bTickInEditor = true;
}

void UCSTalkFaceComponent::OnRegister()
{
	Super::OnRegister();
#if WITH_EDITOR
	const UWorld* World = GetWorld();
	// The other components may not be registered yet: with the first tick they are.
	bBindWithTick = bUpdateInEditor && World != nullptr && World->WorldType == EWorldType::Editor;
#endif
}

void UCSTalkFaceComponent::OnUnregister()
{
	bBindWithTick = false;
	Unbind();
	Super::OnUnregister();
}

void UCSTalkFaceComponent::BeginPlay()
{
	Super::BeginPlay();
	Bind();
}

void UCSTalkFaceComponent::EndPlay(const EEndPlayReason::Type EndPlayReason)
{
	Unbind();
	Super::EndPlay(EndPlayReason);
}

FCSTalkConnection UCSTalkFaceComponent::EffectiveConnection() const
{
	return bUseProjectConnection ? GetDefault<UCSTalkSettings>()->Connection : Connection;
}

float UCSTalkFaceComponent::EffectivePlayoutDelay() const
{
	return PlayoutDelay < 0.0f ? GetDefault<UCSTalkSettings>()->PlayoutDelay : PlayoutDelay;
}

bool UCSTalkFaceComponent::Bind()
{
	Unbind();
	FCSTalkHub* Hub = FCSTalkHub::Get();
	FCSTalkConnection Checked;
	if (Hub == nullptr || !FCSTalkConnection::Parse(EffectiveConnection().ToString(), Checked, State))
	{
		return false;
	}
	Receiver = Hub->Acquire(Checked);
	EventsHandle = Receiver->OnEvents.AddUObject(this, &UCSTalkFaceComponent::TakeEvents);
	Feed = MakeShared<FCSTalkFaceFeed>(Receiver.ToSharedRef(), EffectivePlayoutDelay());
	Face = MakeShared<FCSTalkFaceBinding>();
	return TieFace();
}

bool UCSTalkFaceComponent::TieFace()
{
	AActor* Owner = GetOwner();
	if (Owner == nullptr)
	{
		State = TEXT("the component belongs to no actor");
		return false;
	}
	const FCSTalkConnection Where = EffectiveConnection();
	const cstalk::BindingStep Step =
		Face->Bind(*Owner, FaceComponentName, ToCSTalkWish(Binding), Where.Subject, LiveLinkAnimClass.LoadSynchronous());
	USkeletalMeshComponent* Mesh = Face->GetMesh();
	UCSTalkFaceAnimInstance* Own = Mesh != nullptr ? Cast<UCSTalkFaceAnimInstance>(Mesh->GetAnimInstance()) : nullptr;
	if (Own != nullptr)
	{
		Own->SetFeed(Feed);
	}
	const bool bBound = cstalk::IsBound(Step);
	if (bBound && Step != cstalk::BindingStep::UseOwnInstance)
	{
		UCSTalkSubsystem* Subsystem = UCSTalkSubsystem::Get();
		if (Subsystem == nullptr || !Subsystem->EnsureLiveLinkSource(Where))
		{
			UE_LOG(LogCSTalk, Warning, TEXT("Live Link is not there: enable its plugin, or choose Direct"));
		}
	}
#if WITH_EDITOR
	const UWorld* World = GetWorld();
	if (bBound && World != nullptr && World->WorldType == EWorldType::Editor)
	{
		Mesh->SetUpdateAnimationInEditor(true);
	}
#endif
	const FString Before = State;
	State = bBound ? FString(UTF8_TO_TCHAR(cstalk::Describe(Step)))
				   : FString::Printf(TEXT("no face: %s has no skeletal mesh component named %s that can be driven"), *Owner->GetName(),
						 *FaceComponentName.ToString());
	if (State != Before)
	{
		UE_LOG(LogCSTalk, Log, TEXT("%s: %s"), *Owner->GetName(), *State);
	}
	if (bBound != bCounted)
	{
		cstalk::FaceReport& Report = Receiver->GetReport();
		bBound ? Report.FaceBound() : Report.FaceReleased();
		bCounted = bBound;
	}
	return bBound;
}

void UCSTalkFaceComponent::Unbind()
{
	if (Face.IsValid())
	{
		Face->Release();
		Face.Reset();
	}
	Feed.Reset();
	if (Receiver.IsValid())
	{
		Receiver->OnEvents.Remove(EventsHandle);
		if (bCounted)
		{
			Receiver->GetReport().FaceReleased();
		}
		if (FCSTalkHub* Hub = FCSTalkHub::Get())
		{
			Hub->Release(Receiver);
		}
		Receiver.Reset();
	}
	bCounted = false;
	State = TEXT("not bound");
}

bool UCSTalkFaceComponent::IsBound() const
{
	return Face.IsValid() && Face->IsIntact();
}

USkeletalMeshComponent* UCSTalkFaceComponent::GetFaceMesh() const
{
	return Face.IsValid() ? Face->GetMesh() : nullptr;
}

FString UCSTalkFaceComponent::GetBindingState() const
{
	return State;
}

FCSTalkStatus UCSTalkFaceComponent::GetStatus() const
{
	return Receiver.IsValid() ? Receiver->GetStatus() : FCSTalkStatus();
}

float UCSTalkFaceComponent::GetEffectiveDelaySeconds() const
{
	if (!IsBound())
	{
		return 0.0f;
	}
	if (Face->GetStep() == cstalk::BindingStep::UseOwnInstance)
	{
		return static_cast<float>(Feed->GetDelayUs()) * 1e-6f;
	}
	return static_cast<float>(Receiver->GetStream().Status().senderDelayP50Us + CSTalkLiveLinkDelayUs) * 1e-6f;
}

void UCSTalkFaceComponent::NoteLiveLinkFrame()
{
	const cstalk::FaceStream& Stream = Receiver->GetStream();
	if (Stream.Status().connected && Stream.Buffer().Size() > 0)
	{
		Receiver->GetReport().NoteApplied(Stream.Session(), Stream.Buffer().At(Stream.Buffer().Size() - 1).index);
		Receiver->GetReport().SetPoseDelay(static_cast<int64>(GetEffectiveDelaySeconds() * 1e6f));
	}
}

void UCSTalkFaceComponent::TickComponent(float DeltaTime, ELevelTick TickType, FActorComponentTickFunction* ThisTickFunction)
{
	Super::TickComponent(DeltaTime, TickType, ThisTickFunction);
	if (bBindWithTick)
	{
		bBindWithTick = false;
		Bind();
	}
	if (const TSharedPtr<FCSTalkReceiver, ESPMode::ThreadSafe> Kept = Receiver)
	{
		Kept->Pump();
	}
	// Who was told of something may have unbound us.
	if (!Receiver.IsValid())
	{
		return;
	}
	SinceAttempt += DeltaTime;
	if (SinceAttempt > CSTalkLookAgainSeconds)
	{
		SinceAttempt = 0.0f;
		Receiver->Open();
		if (!IsBound())
		{
			TieFace();
		}
	}
	if (IsBound() && Face->GetStep() != cstalk::BindingStep::UseOwnInstance)
	{
		NoteLiveLinkFrame();
	}
}

void UCSTalkFaceComponent::TakeEvents(uint32 Events)
{
	const auto Tell = [Events](uint32 Bit, FCSTalkFaceEvent& Event)
	{
		if ((Events & Bit) != 0)
		{
			Event.Broadcast();
		}
	};
	// A listener may destroy us or unbind: keep what the last one needs.
	const TSharedPtr<FCSTalkReceiver, ESPMode::ThreadSafe> Kept = Receiver;
	Tell(cstalk::kEventConnected, OnConnected);
	Tell(cstalk::kEventSpeechStarted, OnSpeechStarted);
	Tell(cstalk::kEventSpeechStopped, OnSpeechStopped);
	Tell(cstalk::kEventSourceLost, OnMicrophoneLost);
	Tell(cstalk::kEventSourceBack, OnMicrophoneBack);
	if ((Events & cstalk::kEventEmotion) != 0 && Kept.IsValid())
	{
		OnEmotionChanged.Broadcast(FCSTalkReceiver::ToBlueprint(Kept->GetStream().LastEmotion()));
	}
	Tell(cstalk::kEventDisconnected, OnDisconnected);
}

bool UCSTalkFaceComponent::SetEmotion(FName Emotion, float Weight, float FadeSeconds, FString& OutFault)
{
	OutFault = TEXT("not bound");
	return Receiver.IsValid() && Receiver->Command(cstalk::CommandVerb::Emotion, Emotion.ToString(), Weight, FadeSeconds, OutFault);
}

bool UCSTalkFaceComponent::SetIntensity(float Intensity, float FadeSeconds, FString& OutFault)
{
	OutFault = TEXT("not bound");
	return Receiver.IsValid() && Receiver->Command(cstalk::CommandVerb::Intensity, FString(), Intensity, FadeSeconds, OutFault);
}

bool UCSTalkFaceComponent::SetMuted(bool bMuted, FString& OutFault)
{
	OutFault = TEXT("not bound");
	return Receiver.IsValid() && Receiver->Command(cstalk::CommandVerb::Mute, FString(), bMuted ? 1.0f : 0.0f, 0.0f, OutFault);
}

bool UCSTalkFaceComponent::SetNeutral(float FadeSeconds, FString& OutFault)
{
	OutFault = TEXT("not bound");
	return Receiver.IsValid() && Receiver->Command(cstalk::CommandVerb::Neutral, FString(), 0.0f, FadeSeconds, OutFault);
}

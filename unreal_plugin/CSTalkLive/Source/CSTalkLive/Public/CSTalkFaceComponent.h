// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Components/ActorComponent.h"
#include "CoreMinimal.h"
#include "CSTalkConnection.h"
#include "CSTalkStatus.h"
#include "Delegates/Delegate.h"
#include "UObject/SoftObjectPtr.h"

#include "CSTalkFaceComponent.generated.h"

class FCSTalkFaceBinding;
class FCSTalkFaceFeed;
class FCSTalkReceiver;
class UAnimInstance;
class USkeletalMeshComponent;

/** Which way the face takes its curves. */
UENUM(BlueprintType)
enum class ECSTalkBinding : uint8
{
	/** Live Link where the face's own graph takes MetaHuman curves, else directly. */
	Automatic,
	/** Through Live Link only. */
	LiveLink,
	/** By our own anim instance, with the delay set here. */
	Direct,
};

DECLARE_DYNAMIC_MULTICAST_DELEGATE(FCSTalkFaceEvent);
DECLARE_DYNAMIC_MULTICAST_DELEGATE_OneParam(FCSTalkEmotionEvent, const FCSTalkEmotion&, Emotion);

/** Add it to a MetaHuman: the face speaks, in the editor's play mode and in packaged games, without presets. */
UCLASS(ClassGroup = (Animation), meta = (BlueprintSpawnableComponent, DisplayName = "CSTalk Face"))
class CSTALKLIVE_API UCSTalkFaceComponent : public UActorComponent
{
	GENERATED_BODY()

public:
	UCSTalkFaceComponent();

	/** The connection of the project settings instead of the one below. */
	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk")
	bool bUseProjectConnection = true;

	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk", meta = (EditCondition = "!bUseProjectConnection"))
	FCSTalkConnection Connection;

	/** The skeletal mesh component to drive. An actor with a single one needs no name. */
	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk")
	FName FaceComponentName = FName(TEXT("Face"));

	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk")
	ECSTalkBinding Binding = ECSTalkBinding::Automatic;

	/** An anim class that takes a Live Link subject, for characters of your own; set, it comes first. */
	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk", AdvancedDisplay)
	TSoftClassPtr<UAnimInstance> LiveLinkAnimClass;

	/** How far the face is behind the newest frame when driven directly, in seconds; below 0: as the project says. */
	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk", AdvancedDisplay)
	float PlayoutDelay = -1.0f;

	/** Also in the editor's viewport, without playing. The viewport must be realtime. */
	UPROPERTY(EditAnywhere, BlueprintReadWrite, Category = "CSTalk", AdvancedDisplay)
	bool bUpdateInEditor = false;

	UPROPERTY(BlueprintAssignable, Category = "CSTalk")
	FCSTalkFaceEvent OnConnected;

	/** No frame for a second. */
	UPROPERTY(BlueprintAssignable, Category = "CSTalk")
	FCSTalkFaceEvent OnDisconnected;

	UPROPERTY(BlueprintAssignable, Category = "CSTalk")
	FCSTalkFaceEvent OnSpeechStarted;

	UPROPERTY(BlueprintAssignable, Category = "CSTalk")
	FCSTalkFaceEvent OnSpeechStopped;

	UPROPERTY(BlueprintAssignable, Category = "CSTalk")
	FCSTalkFaceEvent OnMicrophoneLost;

	UPROPERTY(BlueprintAssignable, Category = "CSTalk")
	FCSTalkFaceEvent OnMicrophoneBack;

	UPROPERTY(BlueprintAssignable, Category = "CSTalk")
	FCSTalkEmotionEvent OnEmotionChanged;

	/** Ties the face; happens by itself when play begins. False: GetBindingState says why. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool Bind();

	/** Puts the face back as it was. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	void Unbind();

	UFUNCTION(BlueprintPure, Category = "CSTalk")
	bool IsBound() const;

	/** The mesh that is driven; null while none is. */
	UFUNCTION(BlueprintPure, Category = "CSTalk")
	USkeletalMeshComponent* GetFaceMesh() const;

	/** Which way the face is driven, in words. */
	UFUNCTION(BlueprintPure, Category = "CSTalk")
	FString GetBindingState() const;

	UFUNCTION(BlueprintPure, Category = "CSTalk")
	FCSTalkStatus GetStatus() const;

	/** From the sound to the face, as far as it is known: delay the voice by as much to be in step. */
	UFUNCTION(BlueprintPure, Category = "CSTalk")
	float GetEffectiveDelaySeconds() const;

	/** Tells cstalk-live: this emotion, and the rest neutral. False and why when it cannot be told. */
	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool SetEmotion(FName Emotion, float Weight, float FadeSeconds, FString& OutFault);

	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool SetIntensity(float Intensity, float FadeSeconds, FString& OutFault);

	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool SetMuted(bool bMuted, FString& OutFault);

	UFUNCTION(BlueprintCallable, Category = "CSTalk")
	bool SetNeutral(float FadeSeconds, FString& OutFault);

	virtual void OnRegister() override;
	virtual void OnUnregister() override;
	virtual void BeginPlay() override;
	virtual void EndPlay(const EEndPlayReason::Type EndPlayReason) override;
	virtual void TickComponent(float DeltaTime, ELevelTick TickType, FActorComponentTickFunction* ThisTickFunction) override;

private:
	bool TieFace();
	void TakeEvents(uint32 Events);
	void NoteLiveLinkFrame();
	FCSTalkConnection EffectiveConnection() const;
	float EffectivePlayoutDelay() const;

	TSharedPtr<FCSTalkReceiver, ESPMode::ThreadSafe> Receiver;
	TSharedPtr<FCSTalkFaceBinding> Face;
	TSharedPtr<FCSTalkFaceFeed> Feed;
	FDelegateHandle EventsHandle;
	bool bBindWithTick = false;
	bool bCounted = false;
	float SinceAttempt = 0.0f;
	FString State;
};

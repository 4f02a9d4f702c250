// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
#include "CSTalkStatusRows.h"

#include "CSTalkStatus.h"

#define LOCTEXT_NAMESPACE "CSTalkStatusRows"

// A file of its own in name, too: unity builds join the files of a module.
namespace CSTalkStatusRows
{
	// Below this share of the sender's rate a face visibly steps.
	constexpr float EnoughApplied = 0.9f;

	// Faces are sent 60 times a second; a healthy second may lose a few frames to rounding.
	constexpr float EnoughFrames = 55.0f;

	FText Number(double Value, int32 Digits = 0)
	{
		FNumberFormattingOptions Options;
		Options.SetMinimumFractionalDigits(Digits);
		Options.SetMaximumFractionalDigits(Digits);
		return FText::AsNumber(Value, &Options);
	}

	FCSTalkStatusRow Connection(const FCSTalkStatus& Status)
	{
		const FText Where = FText::FromString(Status.Connection.ToString());
		if (!Status.bListening)
		{
			return {LOCTEXT("Connection", "Connection"), FText::Format(LOCTEXT("Closed", "{0}: the port is not open. {1}"), Where, FText::FromString(Status.Line)), true};
		}
		if (!Status.bConnected)
		{
			return {LOCTEXT("Connection", "Connection"), FText::Format(LOCTEXT("Silent", "{0}: no frames. {1}"), Where, FText::FromString(Status.Line)), true};
		}
		return {LOCTEXT("Connection", "Connection"), FText::Format(LOCTEXT("Connected", "{0}: connected"), Where), false};
	}

	FCSTalkStatusRow Sender(const FCSTalkStatus& Status)
	{
		if (Status.SenderVersion.IsEmpty())
		{
			return {LOCTEXT("Sender", "Sender"), LOCTEXT("NoSender", "none yet"), false};
		}
		return {LOCTEXT("Sender", "Sender"), FText::Format(LOCTEXT("SenderIs", "cstalk-live {0}, face {1}"), FText::FromString(Status.SenderVersion), FText::FromString(Status.SenderSubject)), false};
	}

	FCSTalkStatusRow Voice(const FCSTalkStatus& Status)
	{
		if (Status.bMicrophoneLost)
		{
			return {LOCTEXT("Voice", "Voice"), LOCTEXT("NoMicrophone", "cstalk-live has no microphone"), true};
		}
		const FText Value = Status.Emotion.bMuted ? LOCTEXT("Muted", "muted") : Status.bSpeech ? LOCTEXT("Speaking", "speaking") : LOCTEXT("Quiet", "silent");
		return {LOCTEXT("Voice", "Voice"), Value, false};
	}

	FCSTalkStatusRow Rate(const FCSTalkStatus& Status)
	{
		const bool bSlow = Status.bConnected && Status.FramesPerSecond < EnoughFrames;
		return {LOCTEXT("Rate", "Frames a second"), FText::Format(LOCTEXT("RateIs", "{0} received, {1} shown, engine {2}"), Number(Status.FramesPerSecond, 1), Number(Status.AppliedPerSecond, 1), Number(Status.EngineFramesPerSecond, 1)), bSlow};
	}

	FCSTalkStatusRow Delay(const FCSTalkStatus& Status)
	{
		return {LOCTEXT("Delay", "Delay"), FText::Format(LOCTEXT("DelayIs", "{0} ms in cstalk-live, up to {1} ms late on the way; a playout delay of {2} ms covers it"), Number(Status.SenderDelayMs), Number(Status.LatenessMs), Number(Status.SuggestedDelayMs)), false};
	}

	FCSTalkStatusRow Loss(const FCSTalkStatus& Status)
	{
		const int64 Sent = Status.FramesReceived + Status.FramesMissing;
		const double Share = Sent > 0 ? 100.0 * static_cast<double>(Status.FramesMissing) / static_cast<double>(Sent) : 0.0;
		return {LOCTEXT("Loss", "Lost frames"), FText::Format(LOCTEXT("LossIs", "{0} of {1} ({2} %)"), FText::AsNumber(Status.FramesMissing), FText::AsNumber(Sent), Number(Share, 2)), Share > 1.0};
	}

	FCSTalkStatusRow Names(const FCSTalkStatus& Status)
	{
		if (Status.UnknownNames > 0)
		{
			return {LOCTEXT("Names", "Names"), FText::Format(LOCTEXT("NamesDiffer", "{0} of the sender's are unknown here: update the older of plugin and cstalk-live"), FText::AsNumber(Status.UnknownNames)), true};
		}
		return {LOCTEXT("Names", "Names"), LOCTEXT("NamesAgree", "sender and plugin agree"), false};
	}

	FCSTalkStatusRow Faces(const FCSTalkStatus& Status)
	{
		const bool bIdle = Status.bConnected && Status.FacesBound > 0 && Status.AppliedPerSecond < EnoughApplied * FMath::Min(Status.FramesPerSecond, Status.EngineFramesPerSecond);
		if (Status.FacesBound == 0)
		{
			return {LOCTEXT("Faces", "Faces"), LOCTEXT("NoFaces", "none is bound: select a MetaHuman and bind it"), Status.bConnected};
		}
		const FText Value = bIdle ? LOCTEXT("FacesStep", "{0} bound; fewer frames are shown than could be") : LOCTEXT("FacesBound", "{0} bound");
		return {LOCTEXT("Faces", "Faces"), FText::Format(Value, FText::AsNumber(Status.FacesBound)), bIdle};
	}
}

TArray<FCSTalkStatusRow> DescribeCSTalkStatus(const FCSTalkStatus& Status)
{
	using namespace CSTalkStatusRows;
	return {Connection(Status), Sender(Status), Voice(Status), Rate(Status), Delay(Status), Loss(Status), Names(Status), Faces(Status)};
}

#undef LOCTEXT_NAMESPACE

"""What the numbers of an evaluation do not say."""

from __future__ import annotations

from .validation_clips import STRANGERS, TRIAL_SHARE, ValidationClips


def trial_warning(trial: int | None) -> str:
    """What to say on top of a trial with at most so many clips a folder; empty if all clips were used."""
    if trial is None:
        return ""
    return (
        f"A trial with at most {trial} clips a folder, and baselines fitted on at most {TRIAL_SHARE * trial} training "
        "clips: these numbers are not the model's."
    )


def limits_of(data: ValidationClips) -> list[str]:
    """Sentences for the reader of a report."""
    strangers = data.groups.get(STRANGERS, [])
    return [
        f"Strangers are {len(strangers)} clips of a few people: only large differences between their numbers count.",
        (
            "The film is a tracker's estimate at 25 frames a second from a small picture: a B may last one frame, "
            "and the tongue, the teeth and most of the cheeks are not seen."
        ),
        (
            "Predicted lengths are in the main speaker's eye distances: r and lag do not depend on that; errors, "
            "stillness and the gap that counts as shut do."
        ),
        "Region correlations hold tongue, lip bite and lip press by rule on the film's side: no camera saw them.",
        (
            "Emotions come from stated rules, not from film: legibility says that the streamed face shows what the "
            "rules ask for, not that people would read it so."
        ),
        f"{len(data.unfilmed)} LibriSpeech voices have labels made by a machine, wrong in some phones.",
        f"Ridge regression is fitted on {len(data.training)} training clips of the main speaker alone.",
    ]

"""Quality against look-ahead, on filmed speakers the network was not trained on; needs the corpus.

The measures are those of ``cstalk-live evaluate``: every clip goes frame by frame through the network as in a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cstalk_live.bench.rows import Row, Section
from cstalk_live.errors import UsageError
from cstalk_live.lookahead import frames_ms

MEASURES = {
    "lip_aperture.r": "lips' opening, r with the film",
    "jawOpen.r": "jaw, r with the film",
    "closure.recall": "closures made of those on film",
}


def measure_fidelity(
    bundle: Path | None, data: Path | None, clips: int | None, delays: Sequence[int] | None, plot: Path | None
) -> Section:
    """Score each look-ahead; write a picture to ``plot`` where matplotlib is installed.

    Raises:
        UsageError: the offline side is not installed.
        CorpusError, BundleError: data or model cannot be used.
    """
    try:
        from cstalk_live.training.measure_delay import filmed_row
        from cstalk_live.training.streaming import Player
        from cstalk_live.training.validation_clips import MAIN, STRANGERS, find_data, read_validation
    except ImportError as error:
        raise UsageError(
            f"fidelity needs the offline side: {error}", "pip install torch==2.13.0, then 'cstalk-live[train]'"
        ) from None
    from cstalk_live.model.bundle import load_bundle
    from cstalk_live.model.runner import OnnxRunner

    runner = OnnxRunner(load_bundle(bundle))
    chosen = list(delays or runner.bundle.meta.delays)
    found = read_validation(find_data(data), clips)
    rows: list[Row] = []
    scores: dict[str, dict[str, dict[str, float]]] = {}
    for delay in chosen:
        player = Player(runner, delay)
        scores[str(delay)] = {
            name: filmed_row(player, group, found.real) for name, group in found.groups.items() if group
        }
    groups = [name for name in (MAIN, STRANGERS) if name in scores[str(chosen[0])]]
    for group in groups:
        for delay in chosen:
            score = scores[str(delay)][group]
            told = [f"{words.split(',')[0]} {score[key]:.3f}" for key, words in MEASURES.items() if key in score]
            rows.append(
                Row(
                    f"{group}, {frames_ms(delay):.0f} ms: lips r", score["lip_aperture.r"], "", note="; ".join(told[1:])
                )
            )
    notes = [f"clips: {', '.join(f'{name} {len(group)}' for name, group in found.groups.items())}"]
    notes.append(_picture(scores, groups, chosen, plot) if plot is not None else "a picture: --plot FILE.png")
    return Section("quality against look-ahead", rows, notes, {"scores": scores})


def _picture(scores: dict[str, Any], groups: Sequence[str], delays: Sequence[int], target: Path) -> str:
    """Curves over look-ahead; what was written, or why not."""
    try:
        import matplotlib as mpl
    except ImportError:
        return "no picture: pip install 'cstalk-live[plots]'"
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    known = [key for key in MEASURES if all(key in scores[str(delays[0])][group] for group in groups)]
    figure, axes = plt.subplots(1, len(known), figsize=(4.2 * len(known), 3.4), squeeze=False)
    for axis, key in zip(axes[0], known, strict=True):
        for group in groups:
            values = [scores[str(delay)][group][key] for delay in delays]
            axis.plot([frames_ms(delay) for delay in delays], values, marker="o", label=group)
        axis.set_title(MEASURES[key], fontsize=10)
        axis.set_xlabel("look-ahead, ms")
        axis.grid(alpha=0.3)
    axes[0][0].legend()
    figure.tight_layout()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, dpi=120)
    except OSError as error:
        return f"no picture: {error.strerror or error}"
    finally:
        plt.close(figure)
    return f"picture: {target}"

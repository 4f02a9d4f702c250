"""Train and score every method on the same data: ``cstalk-live compare --config configs/train/compare.yaml``.

Each method leaves its checkpoint and ``scores.json`` in ``<out>/<method>/`` as soon as it is done, and is not done
again; an interrupted one goes on from its checkpoint. ``<out>`` then gets ``compare.json`` and ``compare.md``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console

from cstalk_live.errors import UsageError
from cstalk_live.model import load_bundle
from cstalk_live.training.corpus import blendshape_names
from cstalk_live.training.prepare import corpus_root, prepare
from cstalk_live.training.progress import Bars
from cstalk_live.training.region_correlation import draw

from .methods import METHODS, Workshop
from .recipe import DELAY, ComparisonRecipe, fingerprint, read_comparison
from .report import markdown, plain, terminal_tables
from .scoring import Group, frame_ms, score_method, validation_groups


def compare(
    config: Path,
    data: Path | None = None,
    out: Path | None = None,
    methods: Sequence[str] = (),
    bundle: Path | None = None,
    fresh: bool = False,
) -> dict[str, Any]:
    """Run a comparison, or what is left of it; print the tables and write ``compare.json`` and ``compare.md``.

    Args:
        out: folder of the results; ``<output>/<name>`` of the recipe if left out.
        methods: keys of :data:`.methods.METHODS`; all if empty. Finished others stay in the report.
        bundle: the model of the row ``shipped``; the packaged one if left out.
        fresh: do the named methods again from nothing.

    Returns:
        The report, as ``compare.json`` has it.

    Raises:
        UsageError: a method does not exist, or the folder holds results of another recipe or corpus.
        ConfigError, CorpusError, BundleError: the recipe, the data or the model cannot be used.
    """
    recipe = read_comparison(config, data)
    folder = out or recipe.output / recipe.name
    recipe = recipe.model_copy(update={"output": folder})
    wanted = _known(methods)
    mark = fingerprint(recipe)
    marks = {key: mark if key != "shipped" else f"{mark} {load_bundle(bundle).sha256[:12]}" for key in wanted}
    strange = {key for key in wanted if _made_for(folder / key) not in {"", marks[key]}}
    lost = [key for key in wanted if key in strange and METHODS[key].trained]
    if lost and not fresh:
        raise UsageError(
            f"{folder} holds {', '.join(lost)} trained with another recipe or corpus",
            "name another --out, or give --fresh",
        )
    for key in wanted:
        _sign(folder / key, marks[key], fresh or key in strange)
    remaining = [key for key in wanted if not (folder / key / "scores.json").is_file()]
    console = Console()
    if remaining:
        _make(recipe, remaining, marks, bundle)
    report = _report(recipe, folder, mark)
    (folder / "compare.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (folder / "compare.md").write_text(markdown(report), encoding="utf-8")
    for table in terminal_tables(report):
        console.print(table)
    console.print(f"wrote {folder / 'compare.json'} and {folder / 'compare.md'}", highlight=False)
    _draw(report, folder / "correlations.png", console)
    return report


def _draw(report: dict[str, Any], path: Path, console: Console) -> None:
    """The correlations of the main speaker's real motion and of our two methods, where both are done."""
    found = {entry["method"]: entry for entry in report["methods"]}
    pair = [found[key] for key in ("ours-plain", "ours") if key in found and "correlations" in found[key]]
    if len(pair) < 2:
        return
    real = np.array(pair[0]["correlations"]["main"]["real"], np.float64)
    made = {entry["title"]: np.array(entry["correlations"]["main"]["made"], np.float64) for entry in pair}
    try:
        draw(real, made, path)
    except ModuleNotFoundError as error:
        console.print(f"no picture of correlations: {error.name} is missing (pip install 'cstalk-live[plots]')")
        return
    console.print(f"wrote {path}", highlight=False)


def _known(methods: Sequence[str]) -> list[str]:
    """The named methods in the order of the table."""
    for key in methods:
        if key not in METHODS:
            raise UsageError(f"there is no method '{key}'", f"choose from {', '.join(METHODS)}")
    return [key for key in METHODS if not methods or key in methods]


def _made_for(folder: Path) -> str:
    """The mark of what a method's folder was begun for; empty where it was not begun."""
    signature = folder / "made_for.txt"
    return signature.read_text(encoding="utf-8").strip() if signature.is_file() else ""


def _sign(folder: Path, mark: str, anew: bool) -> None:
    """Mark a method's folder, emptied first if it shall be made anew."""
    if anew:
        for name in ("scores.json", "last.pt", "seconds.json"):
            (folder / name).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "made_for.txt").write_text(mark + "\n", encoding="utf-8")


def _make(recipe: ComparisonRecipe, keys: list[str], marks: dict[str, str], bundle: Path | None) -> None:
    """Make and score methods, each to its ``scores.json``."""
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    trained = [key for key in keys if METHODS[key].trained]
    with Bars() as bars:
        overall = bars.fitting("all methods", len(trained) * recipe.steps) if trained else None

        def bar(text: str, count: int) -> Callable[[int, float], None]:
            show = bars.fitting(text, count)
            before = trained.index(text) * recipe.steps if text in trained else None

            def report(step: int, loss: float) -> None:
                show(step, loss)
                if before is not None and overall is not None:
                    overall(before + step, loss)

            return report

        prepared = prepare(recipe, bars.track, bars.say, fitting=bars.passes)
        groups = validation_groups(prepared.validation, blendshape_names(corpus_root(recipe)))
        workshop = Workshop(recipe, prepared, bundle, bar)
        for key in keys:
            entry = _make_one(workshop, key, groups)
            path = recipe.output / key / "scores.json"
            entry["made_for"] = marks[key]
            beside = path.with_suffix(".tmp")
            beside.write_text(json.dumps(plain(entry), indent=1) + "\n", encoding="utf-8")
            beside.replace(path)
            bars.say(f"{entry['title']}: wrote {path}")


def _make_one(workshop: Workshop, key: str, groups: dict[str, Group]) -> dict[str, Any]:
    """One method's row."""
    entry = METHODS[key]
    made = entry.make(workshop, key)
    scores, matrices = score_method(made.method, groups)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    speed = frame_ms(made.method, workshop.prepared.validation[0].features)
    torch.set_num_threads(threads)
    title = f"{entry.title}, {made.steps} steps" if key == "shipped" else entry.title
    return {
        "method": key,
        "title": title,
        "about": entry.about,
        "scores": scores,
        "correlations": matrices,
        "clips": {name: len(group.clips) for name, group in groups.items()},
        "parameters": made.method.parameters,
        "ms_per_frame": speed,
        "steps": made.steps,
        "motion_steps": made.motion_steps,
        "seconds": made.seconds,
        "seed": workshop.recipe.seed if entry.trained else None,
    }


def _report(recipe: ComparisonRecipe, folder: Path, mark: str) -> dict[str, Any]:
    """All finished methods of this recipe, those of earlier calls included."""
    found = []
    for key in METHODS:
        path = folder / key / "scores.json"
        if path.is_file():
            entry = json.loads(path.read_text(encoding="utf-8"))
            if str(entry["made_for"]).partition(" ")[0] == mark:
                found.append(entry)
    return {
        "made_for": mark,
        "look_ahead_ms": round(DELAY * 1000 / 60),
        "seed": recipe.seed,
        "steps": recipe.steps,
        "rows": recipe.rows,
        "frames": recipe.frames,
        "clips": found[0]["clips"] if found else {},
        "methods": found,
    }

"""The evaluation of a small random model on a small corpus: files, page, and one clear line for what cannot be."""

import json
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")
pytest.importorskip("scipy", reason="scipy is not installed (pip install 'cstalk-live[train]')")
pytest.importorskip("matplotlib", reason="matplotlib is not installed (pip install 'cstalk-live[plots]')")

from cstalk_live.__main__ import _run  # noqa: E402
from cstalk_live.errors import CorpusError  # noqa: E402
from cstalk_live.model.network import CSTalkNet  # noqa: E402
from cstalk_live.model.spec import ModelSpec, NetworkSize  # noqa: E402
from cstalk_live.rig import BOARD_NAMES, BOARD_SCHEMA_HASH  # noqa: E402
from cstalk_live.training import validation_clips  # noqa: E402
from cstalk_live.training.export import export_bundle  # noqa: E402
from cstalk_live.training.look_ahead import ridge_ahead  # noqa: E402
from cstalk_live.training.report_folder import without_nan, write_folder  # noqa: E402
from cstalk_live.training.sheet import MISSING, Sheet, number, percent  # noqa: E402
from cstalk_live.training.targets import TARGETS, target_sheet  # noqa: E402
from cstalk_live.training.validation_clips import read_validation  # noqa: E402

PICTURES = ("quality.png", "tracks.png", "confusion.png", "correlations.png")

SMALL = NetworkSize(
    width=16, layers=1, heads=2, window=12, convolutions=1, latent=8, decoder_width=16, decoder_dilations=(1,)
)


def random_bundle(path: Path) -> Path:
    """What is measured must be measured of any model."""
    torch.manual_seed(0)
    net = CSTalkNet(ModelSpec("random", BOARD_NAMES, BOARD_SCHEMA_HASH, SMALL)).eval()
    for parameter in net.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, 0.0, 1.5 * parameter[0].numel() ** -0.5)
    net.feature_mean.fill_(-9.0)
    net.feature_scale.fill_(0.4)
    net.control_scale.fill_(0.1)
    export_bundle(net, path, {})
    return path


@pytest.fixture(scope="module")
def folder(corpus, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("evaluation") / "new" / "scores"
    bundle = random_bundle(out.parent.parent / "random.onnx")
    arguments = ["evaluate", "--bundle", str(bundle), "--data", str(corpus), "-o", str(out), "--clips", "1"]
    arguments += ["--delays", "4"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["cstalk-live", *arguments, "a <b> & c"])
        assert _run(arguments) == 0
    return out


def test_every_group_and_measure_is_in_the_numbers(folder) -> None:
    saved = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert list(saved["clips"].items()) == [
        ("main speaker", 1), ("grid_speakers", 1), ("s26", 1), ("all strangers", 2), ("librispeech", 1),
    ]  # fmt: skip
    rows, ridge = saved["scores"]["4"], saved["ridge"]["4"]
    assert list(rows) == list(ridge) == ["main speaker", "grid_speakers", "s26", "all strangers"]
    for key in ("lip_aperture.r", "jawOpen.r", "chin_drop.r", "lip_width.rmse", "lag_ms", "closure.recall_given_ref",
                "closure_matched.precision_ref", "labiodental.recall", "stillness", "jitter", "jitter_25",
                "ref_stillness", "region_distance"):  # fmt: skip
        assert key in rows["all strangers"], key
    apart, together = [rows[group]["lip_aperture.r"] for group in ("grid_speakers", "s26")], rows["all strangers"]
    assert together["lip_aperture.r"] == pytest.approx(np.mean(apart)), "mean over the clips of both"
    assert saved["labels"]["4"].keys() == {"main speaker", "librispeech"}
    assert saved["labels"]["4"]["main speaker"].keys() == saved["labels"]["4"]["librispeech"].keys()
    found = saved["legibility"]["4"]
    table = np.array(found["confusion"]["1.0"])
    assert table.sum() == 5 * 3 * 3, "five emotions, three clips, three seconds each"
    assert found["accuracy"]["1.0"]["whole face"] == pytest.approx(np.trace(table) / table.sum())
    assert len(saved["sha256"]) == 64


class Reader(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"


def test_the_page_is_whole_and_stands_alone(folder) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    tags = [tag for tag, _ in reader.tags]
    assert not {"script", "link", "iframe", "object", "base"} & set(tags)
    assert "http" not in re.sub(r"base64,[^\"]+", "", text), "nothing from elsewhere"
    images = [attributes for tag, attributes in reader.tags if tag == "img"]
    assert len(images) == len(PICTURES)
    for image in images:
        assert (image["src"] or "").startswith("data:image/png;base64,iVBOR")
        assert len(image["alt"] or "") > 30
    assert tags.count("caption") == tags.count("table") >= 8
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in reader.tags if tag == "th")
    assert "prefers-color-scheme: dark" in text
    saved = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    for fact in (saved["sha256"], saved["date"], saved["bundle"], "a &lt;b&gt; &amp; c"):
        assert fact in text
    for limit in saved["limits"]:
        assert limit.replace("'", "&#x27;") in text
    assert ">nan<" not in text


def test_pictures_and_markdown_are_written(folder) -> None:
    for name in PICTURES:
        assert (folder / name).read_bytes()[:4] == b"\x89PNG", name
    text = (folder / "scores.md").read_text(encoding="utf-8")
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) >= 8
    for table in tables:
        widths = {line.replace("\\|", "").count("|") for line in table.splitlines()}
        assert len(widths) == 1, "every row has as many cells as the heading"
    assert "nan" not in text


def test_without_matplotlib_everything_but_the_pictures_is_written(folder, tmp_path, monkeypatch) -> None:
    def numbers(value):
        if isinstance(value, dict):
            return {key: numbers(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [numbers(entry) for entry in value]
        return float("nan") if value is None else value

    report = numbers(json.loads((folder / "scores.json").read_text(encoding="utf-8")))
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    written, missing = write_folder(report, [], tmp_path)
    assert [path.name for path in written] == ["scores.json", "scores.md", "report.html"]
    assert missing == "no pictures: matplotlib is missing (pip install 'cstalk-live[plots]')"
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "matplotlib was not installed" in text
    assert text.count("<table>") == (folder / "report.html").read_text(encoding="utf-8").count("<table>")
    assert (tmp_path / "scores.json").read_text() == (folder / "scores.json").read_text(), "what was read is what was"


def test_a_trial_says_so_on_top(folder) -> None:
    for name in ("report.html", "scores.md"):
        text = (folder / name).read_text(encoding="utf-8")
        assert text.index("A trial with at most 1 clips") < text.index("sha256"), name


def broken(corpus: Path, tmp_path: Path, kind: str) -> list[str]:
    """Arguments that cannot work."""
    match kind:
        case "file":
            (tmp_path / "out").write_text("mine", encoding="utf-8")
            return ["--data", str(corpus), "--out", str(tmp_path / "out")]
        case "below a file":
            (tmp_path / "out").write_text("mine", encoding="utf-8")
            return ["--data", str(corpus), "--out", str(tmp_path / "out" / "deeper")]
        case "bundle":
            (tmp_path / "bad.onnx").write_bytes(b"nothing of the kind")
            return ["--data", str(corpus), "--bundle", str(tmp_path / "bad.onnx")]
        case "no corpus":
            return ["--data", str(tmp_path)]
        case "no folder":
            return ["--data", str(tmp_path / "none")]
        case "no validation":
            shutil.copytree(corpus, tmp_path / "data")
            shutil.rmtree(tmp_path / "data" / "grid_speakers")
            for name in ("grid_s1", "grid_more"):
                table = tmp_path / "data" / name / "clips.tsv"
                table.write_text(table.read_text(encoding="utf-8").replace("\tval\t", "\ttrain\t"), encoding="utf-8")
            return ["--data", str(tmp_path / "data")]
        case "damaged":
            shutil.copytree(corpus, tmp_path / "data")
            (tmp_path / "data" / "grid_s1" / "motion.npz").write_bytes(b"PK not an archive")
            return ["--data", str(tmp_path / "data")]
        case "delay":
            return ["--data", str(corpus), "--delays", "3"]
        case "words":
            return ["--data", str(corpus), "--delays", "soon"]
    raise AssertionError(kind)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("file", "out is a file"),
        ("below a file", "cannot write to"),
        ("bundle", r"bad\.onnx"),
        ("no corpus", "holds no motion.npz in grid_s1, grid_speakers, grid_more"),
        ("no folder", "is not a folder"),
        ("no validation", "no filmed validation clips"),
        ("damaged", r"motion\.npz"),
        ("delay", "no look-ahead of 3 frames"),
        ("words", "soon is not a list"),
    ],
)
def test_what_cannot_be_is_one_line(corpus, tmp_path, capfd, kind, word) -> None:
    assert _run(["evaluate", *broken(corpus, tmp_path, kind)]) != 0
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("cstalk-live:")]
    assert len(lines) == 1
    assert re.search(word, lines[0]), lines[0]
    assert " - " in lines[0], "it says what to do"


def test_clips_to_score_alone_lean_on_the_usual_corpus(corpus, tmp_path, monkeypatch) -> None:
    shutil.copytree(corpus / "grid_speakers", tmp_path / "others" / "grid_speakers")
    monkeypatch.delenv("CSTALK_DATA", raising=False)
    monkeypatch.setattr(validation_clips, "BESIDE", tmp_path / "project")
    with pytest.raises(CorpusError, match=r"no training clips[\s\S]*CSTALK_DATA"):
        read_validation(tmp_path / "others")
    monkeypatch.setenv("CSTALK_DATA", str(corpus))
    found = read_validation(tmp_path / "others")
    assert {m.clip.audio_path.parts[-4] for group in found.groups.values() for m in group} == {"others"}
    assert len(found.training) == 4, "the main speaker's training clips of the usual corpus"
    assert found.unfilmed == []


def test_cells() -> None:
    assert (number(0.123), number(-3.6, "+.0f"), number(None), number(float("nan"))) == ("0.12", "-4", MISSING, MISSING)
    assert (percent(0.876), percent(float("nan"))) == ("88%", MISSING)
    sheet = Sheet("A <b>", "x & y", ("who", "p|q"), (("me", "1"),))
    assert "<caption>A &lt;b&gt;</caption>" in sheet.html()
    assert '<th scope="row">me</th><td>1</td>' in sheet.html()
    assert "| who | p\\|q |\n| --- | ---: |\n| me | 1 |\n" in sheet.markdown()


def test_json_has_no_number_that_json_does_not_know() -> None:
    odd = {"a": [1.0, float("nan"), (float("inf"),)], "b": "nan"}
    assert without_nan(odd) == {"a": [1.0, None, [None]], "b": "nan"}


@pytest.mark.parametrize(("delay", "pictures"), [(0, 0), (1, 1), (2, 1), (4, 2), (6, 3), (9, 4), (12, 5)])
def test_ridge_never_sees_less(delay, pictures) -> None:
    assert ridge_ahead(delay) == pictures
    assert pictures / 25 >= delay / 60


def test_goals_are_met_and_missed() -> None:
    rows = {"lip_aperture.r": 0.95, "jawOpen.r": 0.70, "lag_ms": -12.0, "closure.recall_given_ref": 0.95,
            "closure.precision_ref": float("nan"), "stillness": 0.01}  # fmt: skip
    labels = {"recall": 0.9, "opening recall": 1.0}
    report = {
        "scores": {"4": {"all strangers": rows, "main speaker": rows}},
        "ridge": {"4": {"all strangers": {"stillness": 0.06}, "main speaker": {"stillness": 0.04}}},
        "labels": {"4": {"main speaker": labels, "librispeech": {"recall": 0.72, "opening recall": 0.95}}},
    }
    sheet = target_sheet(report)
    assert sheet is not None
    assert len(sheet.rows) == len(TARGETS)
    verdicts = {(row[0], row[1]): row[4] for row in sheet.rows}
    assert verdicts["lip gap r", "all strangers"] == "yes"
    assert verdicts["jaw r", "all strangers"] == "no"
    assert verdicts["|lag|, ms", "main speaker"] == "yes"
    assert verdicts["closure precision", "main speaker"] == "not measured"
    assert verdicts["times calmer than ridge in silence", "all strangers"] == "yes"
    assert verdicts["times calmer than ridge in silence", "main speaker"] == "no"
    assert verdicts["closures on B P M, share of the main speaker's", "LibriSpeech val"] == "no"
    assert verdicts["openings on low vowels, share of the main speaker's", "LibriSpeech val"] == "yes"
    assert target_sheet({"scores": {}, "ridge": {}, "labels": {}}) is None

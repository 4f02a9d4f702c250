"""Pictures and clips of the head."""

import subprocess
import sys

import numpy as np
import pytest

from cstalk_live.__main__ import _run
from cstalk_live.errors import CorpusError, OutputError, UsageError
from cstalk_live.rig.arkit import ARKIT_NAMES
from cstalk_live.training.face_mesh import load_face_mesh
from cstalk_live.training.render_motion import Motion, emotion_mixes, recorded, tracked

HEAD = load_face_mesh()
EMOTIONS = ("neutral", "happy", "sad")


def needs_renderer():
    for package in ("embreex", "imageio_ffmpeg", "PIL", "scipy"):
        pytest.importorskip(package, reason=f"{package} is not installed (pip install 'cstalk-live[render]')")


def motion(frames, label="face", **tracks):
    weights = np.zeros((frames, len(HEAD.names)), np.float32)
    for name, track in tracks.items():
        weights[:, HEAD.names.index(name)] = track
    return Motion(label, weights)


@pytest.fixture
def sound(tmp_path):
    import soundfile

    path = tmp_path / "sound.wav"
    soundfile.write(path, 0.1 * np.sin(np.arange(4800) / 7.0), 24_000)
    return path


def run(capsys, *arguments):
    """Exit code and what was said on standard error."""
    code = _run([str(a) for a in arguments])
    return code, capsys.readouterr().err


def test_subdividing_a_cube_gives_the_published_points():
    needs_renderer()
    from cstalk_live.training.render_surface import _catmull_clark

    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
    quads = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
    refine, fine = _catmull_clark(quads, 8)
    points = refine @ corners
    assert points.shape == (8 + 12 + 6, 3)
    assert fine.shape == (24, 4)
    assert np.allclose(np.abs(points[:8]), 5 / 9)  # corners: (1/3 * 1 + 2 * 2/3) / 3
    assert np.allclose(np.sort(np.abs(points[8:20]), axis=1), [0, 0.75, 0.75])
    assert np.allclose(np.sort(np.abs(points[20:]), axis=1), [0, 0, 1])


def test_a_picture_shows_a_lit_head_whose_mouth_opens():
    needs_renderer()
    from cstalk_live.training.render_head import HeadPainter, View

    painter = HeadPainter(HEAD, View(80, 96))
    shut, opened = (painter.draw(motion(1, jawOpen=jaw).weights[0]).astype(int) for jaw in (0.0, 0.5))
    assert shut.shape == (96, 80, 3)
    red, _, blue = shut[20:60, 25:55].reshape(-1, 3).mean(axis=0)
    assert red > blue + 30  # skin
    corner = shut[:6, :6].reshape(-1, 3).mean(axis=0)
    assert np.ptp(corner) < 25  # background
    changed = np.abs(opened - shut).max(axis=2) > 20
    assert changed[55:90, 20:60].sum() > 60  # mouth and chin
    assert changed[:45].sum() < 20  # brows and forehead stay
    assert np.array_equal(shut, painter.draw(motion(1).weights[0]))


def test_a_clip_has_all_pictures_and_the_sound(tmp_path, sound):
    needs_renderer()
    import imageio_ffmpeg

    from cstalk_live.training.render import Stage, film

    out = tmp_path / "new" / "clip.mp4"
    stage = Stage([motion(9, "left"), motion(12, "right", jawOpen=0.3)], height=60)
    seen = []
    assert film(stage, sound, out, 20, lambda *done: seen.append(done)) == 3
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert [path.name for path in out.parent.iterdir()] == ["clip.mp4"]
    told = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(out), "-f", "null", "-"], capture_output=True, text=True, check=True
    ).stderr
    assert "100x60" in told
    assert "frame=    3" in told
    assert "Audio: aac" in told


def test_a_sheet_has_a_row_for_each_face_and_a_column_for_each_moment(tmp_path):
    needs_renderer()
    from PIL import Image

    from cstalk_live.training.render import Stage, sheet

    talk = np.abs(np.sin(np.arange(40) / 3.0)) * 0.4
    stage = Stage([motion(40, "one", jawOpen=talk), motion(40, "two")], height=48, view="both")
    moments = sheet(stage, tmp_path / "sheet.png", 3, lambda *done: None)
    assert len(moments) == 3
    assert moments == sorted(moments)
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.size == (3 * 40, 4 * 48)


def test_the_command_draws_a_sound_in_two_emotions(tmp_path, sound, capsys):
    needs_renderer()
    out = tmp_path / "two.png"
    code, said = run(capsys, "render", sound, "--sheet", out, "--columns", 1, "--size", 48, "--emotions", "happy,sad")
    assert (code, said) == (0, "")
    assert out.stat().st_size > 1000


def test_a_missing_package_says_what_to_install(monkeypatch):
    needs_renderer()
    from cstalk_live.training.render import Stage

    monkeypatch.setitem(sys.modules, "embreex", None)
    with pytest.raises(UsageError, match=r"needs the package 'embreex.*cstalk-live\[render\]"):
        Stage([motion(1)])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["render", "SOUND"], "nothing to write"),
        (["render", "SOUND", "--sheet", "a.png", "--emotion", "hapy"], "did you mean 'happy'"),
        (["render", "none.wav", "--sheet", "a.png"], "none.wav"),
        (["render", "FOLDER", "--sheet", "a.png"], "is no take"),
        (["render", "SOUND", "--sheet", "a.png", "--compare", "real"], "is no clip of a corpus"),
        (["render", "SOUND", "--sheet", "a.png", "--seconds", "-1"], "seconds"),
    ],
)
def test_wrong_input_is_told_in_one_line(arguments, words, sound, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    places = {"SOUND": sound, "FOLDER": tmp_path}
    code, said = run(capsys, *(places.get(a, a) for a in arguments))
    assert code in {1, 2}
    assert words in said
    assert said.count("\n") == 1


def test_wishes_that_cannot_be_met_are_refused_before_anything_is_made(tmp_path, sound):
    needs_renderer()
    from cstalk_live.training.render import Stage, check_wishes, film

    clip, folder = tmp_path / "a.mp4", tmp_path / "folder.png"
    folder.mkdir()
    sound_mp4 = sound.rename(tmp_path / "sound.mp4")
    good = {"out": clip, "out_sheet": None, "height": 48, "fps": 30, "columns": 4}
    check_wishes(sound_mp4, **good)
    for wish, words in (
        ({"height": 9}, "9 pixels"),
        ({"fps": 25}, "do not divide"),
        ({"columns": 0}, "0 columns"),
        ({"out": tmp_path / "a.avi"}, "does not end in"),
        ({"out": sound_mp4}, "is the sound itself"),
        ({"out_sheet": folder}, "is a folder"),
    ):
        with pytest.raises((UsageError, OutputError), match=words) as caught:
            check_wishes(sound_mp4, **{**good, **wish})
        assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match="no view"):
        Stage([motion(2)], view="back")
    with pytest.raises(OutputError, match="no frame"):
        Stage([motion(0)])
    with pytest.raises(OutputError, match="cannot write"):
        film(Stage([motion(2)], height=48), tmp_path / "none.wav", clip, 60, lambda *done: None)
    assert [path.name for path in tmp_path.glob("*a*.mp4")] == []


def test_emotions_are_all_some_or_one_mix():
    assert list(emotion_mixes("all", EMOTIONS)) == list(EMOTIONS)
    assert emotion_mixes("happy, sad", EMOTIONS) == {"happy": {"happy": 1.0}, "sad": {"sad": 1.0}}
    assert list(emotion_mixes("happy=0.5,sad=0.2", EMOTIONS).values()) == [{"happy": 0.5, "sad": 0.2}]
    with pytest.raises(UsageError, match="unknown emotion"):
        emotion_mixes("happy,angry", EMOTIONS)


def test_a_take_is_read_by_the_names_of_its_columns(tmp_path, sound):
    names = list(reversed(ARKIT_NAMES))
    row = ["0.25" if name == "JawOpen" else "0" for name in names]
    table = tmp_path / "livelink.csv"
    table.write_text("\n".join([",".join(["Timecode", *names]), ",".join(["t", *row])]) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"voice\.flac"):
        recorded(tmp_path)
    (tmp_path / "voice.flac").write_bytes(sound.read_bytes())
    face, voice = recorded(tmp_path)
    assert voice.name == "voice.flac"
    assert face.weights.shape == (1, 52)
    assert face.weights[0, HEAD.names.index("jawOpen")] == pytest.approx(0.25)
    assert face.weights.sum() == pytest.approx(0.25)
    table.write_text("Timecode,JawOpen\nt,x\n", encoding="utf-8")
    with pytest.raises(UsageError, match="damaged"):
        recorded(tmp_path)


def test_the_tracked_motion_of_a_corpus_clip_is_found(corpus):
    face = tracked(corpus / "grid_s1" / "audio" / "a4.flac")
    assert face.label == "tracked"
    assert face.weights.shape == (180, 52)
    assert np.ptp(face.weights[:, HEAD.names.index("jawOpen")]) > 0.1
    with pytest.raises(CorpusError, match="was not filmed"):
        tracked(corpus / "librispeech" / "audio" / "l0.flac")

"""Sound files: good ones in both paces, and every kind of bad one."""

import time

import numpy as np
import pytest
import soundfile

from cstalk_live.audio.file import FileSource
from cstalk_live.audio.source import EndOfSound
from cstalk_live.clock import FakeClock
from cstalk_live.errors import AudioError

RATE = 16_000


@pytest.fixture
def voice():
    rng = np.random.default_rng(8)
    return (rng.normal(0, 0.1, 2 * RATE) * np.sin(np.arange(2 * RATE) / 900)).astype(np.float32)


@pytest.fixture
def write(tmp_path):
    def write_file(samples, name="voice.wav", rate=RATE, **options):
        path = tmp_path / name
        soundfile.write(path, samples, rate, **options)
        return path

    return write_file


def read_all(source):
    blocks = []
    with source:
        while True:
            try:
                block = source.read(10.0)
            except EndOfSound:
                return blocks
            assert block is not None
            blocks.append(block)


@pytest.mark.parametrize(("name", "subtype"), [("a.wav", "FLOAT"), ("a.wav", "PCM_24"), ("a.flac", "PCM_16")])
@pytest.mark.parametrize("block", [None, 1, 777, 10**6])
def test_delivers_every_sample_once(write, voice, name, subtype, block):
    voice = voice[:3000] if block == 1 else voice
    source = FileSource(write(voice, name, subtype=subtype), FakeClock(0), paced=False, block=block)
    assert (source.sample_rate, source.frames, source.live, source.notes) == (RATE, len(voice), False, [])
    blocks = read_all(source)
    assert np.abs(np.concatenate([b.samples for b in blocks]) - voice).max() < 1 / 30_000
    ends = np.cumsum([len(b.samples) for b in blocks])
    assert [b.first_sample for b in blocks] == [0, *ends[:-1]]
    assert [b.arrival_us for b in blocks] == [int(end) * 1_000_000 // RATE for end in ends]


@pytest.mark.parametrize("name", ["a.ogg", "a.mp3", "a.aiff"])
def test_reads_other_formats(write, voice, name):
    samples = np.concatenate([b.samples for b in read_all(FileSource(write(voice, name), FakeClock(), paced=False))])
    assert abs(len(samples) - len(voice)) <= 2 * 1152
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(np.sqrt(np.mean(voice**2)), rel=0.15)


def test_paced_blocks_come_when_they_would_have_been_recorded(write, voice):
    clock = FakeClock(5_000_000)
    source = FileSource(write(voice[: RATE // 3]), clock, block=441)
    blocks = []
    while True:
        try:
            block = source.read(0.005)
        except EndOfSound:
            break
        if block is not None:
            blocks.append(block)
            assert clock.now_us() == block.arrival_us
    ends = [b.first_sample + len(b.samples) for b in blocks]
    assert [b.arrival_us for b in blocks] == [5_000_000 + end * 1_000_000 // RATE for end in ends]


def test_late_reader_catches_up_with_true_times(write, voice):
    clock = FakeClock(0)
    source = FileSource(write(voice), clock)
    source.read(1.0)
    clock.advance_us(500_000)
    assert [source.read(0.0).arrival_us for _ in range(50)] == [(n + 2) * 10_000 for n in range(50)]
    assert source.read(0.0) is None


def test_timeout_is_kept(write, voice):
    clock = FakeClock(0)
    source = FileSource(write(voice), clock, block=RATE)
    assert source.read(0.25) is None
    assert clock.now_us() == 250_000
    assert source.read(2.0).arrival_us == 1_000_000


@pytest.mark.parametrize("channels", [2, 8])
def test_channels_are_mixed_down(write, voice, channels):
    sound = np.stack([voice * (n + 1) / channels for n in range(channels)], axis=1)
    source = FileSource(write(sound, subtype="FLOAT"), FakeClock(), paced=False)
    assert len(source.notes) == (channels > 2)
    assert all("8 channels, of which only a mix can be used" in note for note in source.notes)
    mono = np.concatenate([b.samples for b in read_all(source)])
    assert np.allclose(mono, voice * (channels + 1) / (2 * channels), atol=1e-6)


def test_silent_file_is_said_to_be(write):
    notes = FileSource(write(np.zeros(RATE, np.float32)), FakeClock()).notes
    assert len(notes) == 1
    assert "is silent" in notes[0]


def test_clipped_file_is_said_to_be(write, voice):
    notes = FileSource(write(np.clip(voice * 20, -1, 1)), FakeClock()).notes
    assert len(notes) == 1
    assert "is clipped (" in notes[0]


def test_loud_clean_sound_is_not_called_clipped(write):
    assert FileSource(write(np.sin(np.arange(RATE) * 0.05)), FakeClock()).notes == []


def test_truncated_wav_is_used_and_said_to_be(write, voice):
    path = write(voice)
    path.write_bytes(path.read_bytes()[:32_044])
    source = FileSource(path, FakeClock(), paced=False)
    assert source.notes == [f"{str(path)!r} is cut short: 1.0 s of 2.0 s are there"]
    assert sum(len(b.samples) for b in read_all(source)) == 16_000


def patched(path, offset, data):
    content = bytearray(path.read_bytes())
    content[offset : offset + len(data)] = data
    path.write_bytes(content)
    return path


def test_streamed_wav_with_unknown_length_is_whole(write, voice):
    path = patched(patched(write(voice), 4, b"\xff" * 4), 40, b"\xff" * 4)
    assert FileSource(path, FakeClock()).notes == []


BAD = {
    "missing": (
        lambda write, voice: write(voice).with_name("nope.wav"),
        "there is no such file - check the path",
    ),
    "folder": (lambda write, voice: write(voice).parent, "it is not a file"),
    "zero bytes": (lambda write, voice: cut(write(voice), 0), "the file is empty"),
    "no samples": (lambda write, voice: write(voice[:0]), "holds no sound"),
    "text": (lambda write, voice: text(write(voice)), "not a sound file, or damaged"),
    "wav header cut": (lambda write, voice: cut(write(voice), 30), "not a sound file, or damaged"),
    "flac header cut": (lambda write, voice: cut(write(voice, "a.flac"), 30), "not a sound file, or damaged"),
    "flac cut": (lambda write, voice: cut(write(voice, "a.flac"), 20_000), "is damaged near"),
    "flac garbled": (
        lambda write, voice: patched(write(voice, "a.flac"), 9_000, b"\x55" * 900),
        "is damaged near",
    ),
    "ogg cut": (lambda write, voice: cut(write(voice, "a.ogg"), 60), "not a sound file, or damaged"),
    "0 Hz": (lambda write, voice: patched(write(voice), 24, bytes(4)), "states no possible sample rate"),
    "low rate": (
        lambda write, voice: write(voice, rate=4_000),
        "has a sample rate of 4000 Hz - use sound of 8000",
    ),
    "no channels": (lambda write, voice: patched(write(voice), 22, bytes(2)), "not a sound file, or damaged"),
    "40 channels": (lambda write, voice: write(np.zeros((99, 40))), "has 40 channels - use 1 to 32"),
    "nan": (
        lambda write, voice: write(spoilt(voice, np.nan), subtype="FLOAT"),
        r"sample 20001 \(1.250 s, channel 1\) is nan",
    ),
    "inf": (lambda write, voice: write(spoilt(voice, -np.inf), subtype="DOUBLE"), r"sample 20001 .* is -inf"),
    "raw": (
        lambda write, voice: write(voice).rename(write(voice).with_suffix(".raw")),
        "raw PCM has no header",
    ),
}


def cut(path, size):
    path.write_bytes(path.read_bytes()[:size])
    return path


def text(path):
    path.write_text("this is not sound\n" * 50, encoding="utf-8")
    return path


def spoilt(voice, value):
    voice[20_001] = value
    return voice


@pytest.mark.parametrize("kind", BAD)
def test_bad_file_is_refused_in_one_line_before_anything_starts(write, voice, kind):
    make, message = BAD[kind]
    path = make(write, voice)
    with pytest.raises(AudioError, match=message) as error:
        FileSource(path, FakeClock())
    assert "\n" not in str(error.value)
    assert str(path.name) in str(error.value)
    assert " - " in str(error.value)


def test_nan_beyond_the_scanned_part_is_found_while_reading(write, voice, monkeypatch):
    monkeypatch.setattr("cstalk_live.audio.file_check.SCANNED_S", 1)
    source = FileSource(write(spoilt(voice, np.nan), subtype="FLOAT"), FakeClock(), paced=False)
    with pytest.raises(AudioError, match="sample 20001 "):
        read_all(source)


def test_reading_after_close_is_the_end(write, voice):
    source = FileSource(write(voice), FakeClock(), paced=False)
    source.close()
    source.close()
    with pytest.raises(EndOfSound):
        source.read(0.0)


def test_ten_minutes_are_looked_over_quickly(write, capsys):
    path = write(np.tile(np.random.default_rng(1).normal(0, 0.1, RATE), 600))
    start = time.perf_counter()
    FileSource(path, FakeClock()).close()
    spent = time.perf_counter() - start
    with capsys.disabled():
        print(f"\n10 min of 16 kHz looked over in {spent * 1e3:.0f} ms", end="")
    assert spent < 3

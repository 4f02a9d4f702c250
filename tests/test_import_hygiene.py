"""The runtime never loads the training side, and importing it opens nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FORBIDDEN = ("torch", "scipy", "matplotlib", "onnx", "cstalk_live.training")

ROOT = Path(__file__).parents[1]

NOT_AT_RUN_TIME = {
    *("network.py", "attention.py", "conv.py", "weights.py", "torch_engine.py"),
    *("curves_picture.py", "wheel_hook.py", "__main__.py"),
}
"""The network in PyTorch and the engine that is chosen for it, the picture of the extra ``plots``,
Hatch's hook, the program."""

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in ROOT.glob("cstalk_live/**/*.py")
    if "training" not in path.parts and path.name not in NOT_AT_RUN_TIME
)

IMPORT_ALL = """
import sys, importlib

def refuse(event, arguments):
    if event == "socket.bind" or event.startswith("subprocess"):
        sys.exit(f"{event} {arguments} at import")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        sys.exit(f"{arguments[0]} is opened for writing at import")

sys.dont_write_bytecode = True
sys.addaudithook(refuse)
for name in sys.argv[1:]:
    importlib.import_module(name)
"""

TELL = """
import sys
found = [name for name in %r if name in sys.modules]
sys.exit(f"loaded: {found}" if found else 0)
"""


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_importing_every_runtime_module_loads_no_training_library_and_opens_nothing():
    result = python(IMPORT_ALL + TELL % ((*FORBIDDEN, "sounddevice"),), *MODULES)
    assert result.returncode == 0, result.stderr


def test_the_command_line_starts_without_the_numeric_libraries():
    """Help is instant only as long as nothing heavy is imported for it."""
    result = python("import cstalk_live.cli.app\n" + TELL % ((*FORBIDDEN, "numpy", "onnxruntime", "pydantic"),))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("command", ["bake", "run"])
def test_a_command_at_work_loads_no_training_library(command, tmp_path):
    sound = tmp_path / "sound.wav"
    make = "import sys, soundfile, numpy; soundfile.write(sys.argv[1], numpy.full(4800, 0.1), 24000)"
    assert python(make, sound).returncode == 0
    arguments = [command, str(sound), "-o", str(tmp_path / "out.csv")]
    if command == "run":
        arguments = [command, "--input", str(sound), "--record", str(tmp_path), "--osc", "127.0.0.1:9"]
    code = f"import sys\nfrom cstalk_live.__main__ import _run\ncode = _run({arguments!r})\nassert code == 0\n"
    result = python(code + TELL % (FORBIDDEN,))
    assert result.returncode == 0, result.stderr

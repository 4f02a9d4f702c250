"""The long run of the mutation test: ``python tests/unreal/fuzz.py [--count N] [--seed S] [--build FOLDER]``.

Ten million damaged packets under AddressSanitizer and UndefinedBehaviorSanitizer, in parts with seeds of their own, so
that a failure names the part that repeats it.
"""

from __future__ import annotations

import argparse
import runpy
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).parent
PART = 500_000


def main() -> None:
    """Build, run all parts, say how many; a failure ends with the sanitizer's report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first part")
    parser.add_argument("--build", type=Path, help="folder to build in (default: a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cstalk-fuzz-") as temporary:
        build = runpy.run_path(str(FOLDER / "conftest.py"))["build"]
        program = build("asan", options.build or Path(temporary))
        begin, done, seed = time.monotonic(), 0, options.seed
        while done < options.count:
            part = min(PART, options.count - done)
            answer = program.run("mutate", FOLDER.parent / "golden", "--count", part, "--seed", seed, timeout=3600)
            print(f"seed {seed}: {answer.strip()}", flush=True)
            done, seed = done + part, seed + 1
        print(f"{done} mutations, no crash, hang or over-read, {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()

"""The program ``cstalk-live``: expected failures become one line on standard error and an exit code.

0 is success, 1 a failure, 2 a wrong command line or configuration, 130 an interruption. ``--debug`` anywhere
on the command line keeps the traceback.
"""

from __future__ import annotations

import os
import sys

from cstalk_live.errors import CSTalkError

INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit."""
    raise SystemExit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    try:
        from cstalk_live.cli.app import app

        app([argument for argument in arguments if argument != "--debug"], prog_name="cstalk-live")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BrokenPipeError:
        return _reader_is_gone()
    except KeyboardInterrupt:
        return INTERRUPTED
    except CSTalkError as error:
        if debug:
            raise
        for line in str(error).splitlines():
            print(f"cstalk-live: {line}", file=sys.stderr)
        return error.exit_code
    return 0


def _reader_is_gone() -> int:
    """Whoever read our output has left (``| head``): no message, and nothing more to flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    main()

"""The program ``cstalk-live``: expected failures become one line on standard error and an exit code.

0 is success, 1 a failure, 2 a wrong command line or configuration, 130 an interruption (128 plus the signal's
number for the others that ask a program to end). ``--debug`` anywhere on the command line keeps the traceback.
"""

from __future__ import annotations

import os
import signal
import sys

from cstalk_live.errors import CSTalkError

INTERRUPTED = 130

_ENDINGS = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""What service managers, closed terminals and Windows consoles send; not every system has each."""


def main() -> None:
    """Run the command line and exit."""
    _print_whatever_the_terminal_cannot_show()
    _unwind_on_signals()
    raise SystemExit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    try:
        from cstalk_live.cli.app import invoke

        return invoke([argument for argument in arguments if argument != "--debug"])
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


def _print_whatever_the_terminal_cannot_show() -> None:
    """A console that knows only cp1252 or ASCII shows '?' for other characters; the program must not stop at
    them. Python's standard error never does.
    """
    reconfigure = getattr(sys.stdout, "reconfigure", None)  # absent where a test or a GUI replaced the stream
    if reconfigure is not None:
        reconfigure(errors="replace")


def _unwind_on_signals() -> None:
    """End by an exception, so that what is open is closed and half-written files go, wherever the program is.

    A signal that whoever started us ignores (``nohup``) stays ignored.
    """

    def unwind(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    for name in _ENDINGS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, unwind)


def _reader_is_gone() -> int:
    """Whoever read our output has left (``| head``): no message, and nothing more to flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    main()

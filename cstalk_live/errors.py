"""Errors a person can act on: what happened, where, and what to do, in one line.

Every layer raises its own subclass; the command line prints ``str(error)`` to standard error and exits with
``error.exit_code``. Anything that is not a :class:`CSTalkError` is a defect and keeps its traceback.
"""

from __future__ import annotations


class CSTalkError(Exception):
    """Base of all expected failures.

    Args:
        what: what happened, naming the thing at fault ("cannot read 'voice.wav': not a sound file").
        fix: what the user can do about it; appended after a dash when given.
    """

    exit_code = 1

    def __init__(self, what: str, fix: str = "") -> None:
        self.what = " ".join(what.split())
        self.fix = " ".join(fix.split())
        super().__init__(f"{self.what} - {self.fix}" if self.fix else self.what)


class UsageError(CSTalkError):
    """The command line or a value on it is wrong; exit code 2, as shells expect."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file is wrong: the message names file, line and key."""


class AudioError(CSTalkError):
    """Sound could not be read, or is not usable as speech."""


class DeviceError(AudioError):
    """A sound device is missing, ambiguous, lost or refuses its settings."""


class BundleError(CSTalkError):
    """A model file is missing, damaged or does not match this program."""


class EngineError(CSTalkError):
    """What was asked to compute the network (a GPU, PyTorch) is missing or failed."""


class OutputError(CSTalkError):
    """A target address, folder or file cannot be written to."""


class PacketError(CSTalkError):
    """Bytes from the wire are not what the protocol says."""


class CorpusError(CSTalkError):
    """Training data is missing, damaged or inconsistent."""


class ProjectError(CSTalkError):
    """An Unreal project cannot be read, or the plugin cannot be put into it as asked."""

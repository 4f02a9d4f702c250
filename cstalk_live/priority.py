"""A thread's place in the queue for the processor: asked for, never needed.

Linux: the round-robin real-time class where the user may (``ulimit -r``), else a lower nice value. Windows: the
multimedia class scheduler's "Pro Audio" task, else the highest ordinary priority. macOS: the user-interactive quality
of service. Whatever is refused leaves the thread as it was.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass

_RR_PRIORITY = 5
"""Above every ordinary thread, below the sound server's (rtkit grants 5 to 20) and the kernel's own."""

_NICE = -10
_QOS_USER_INTERACTIVE = 0x21
_THREAD_PRIORITY_HIGHEST = 2


@dataclass(frozen=True, slots=True)
class Priority:
    """What a thread got."""

    raised: bool
    what: str
    """In words."""
    fix: str = ""
    """How the user can allow more; empty where nothing is missing."""


def raise_priority() -> Priority:
    """Raise the priority of the calling thread as far as the system allows. Never raises."""
    try:
        if sys.platform == "win32":
            return _windows()
        if sys.platform == "darwin":
            return _macos()
        return _posix()
    except (OSError, AttributeError, ValueError) as error:
        return Priority(False, f"ordinary priority: {error}")


def ordinary_priority() -> None:
    """Undo :func:`raise_priority` for a thread that lives on after a run, where the system can. Never raises."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 0)


def obtainable() -> Priority:
    """What a thread of this program would get, tried on a thread that ends at once."""
    got: list[Priority] = []
    thread = threading.Thread(target=lambda: got.append(raise_priority()), name="priority")
    thread.start()
    thread.join()
    return got[0]


def _posix() -> Priority:
    if sys.platform == "win32":
        raise OSError("no POSIX scheduler")
    if hasattr(os, "sched_setscheduler"):
        try:
            # The first argument 0 means the calling thread; children, such as a player, start as ordinary ones.
            policy = os.SCHED_RR | getattr(os, "SCHED_RESET_ON_FORK", 0)
            os.sched_setscheduler(0, policy, os.sched_param(_RR_PRIORITY))
        except PermissionError:
            pass
        else:
            return Priority(True, f"real-time class, round robin, {_RR_PRIORITY}")
    try:
        # On Linux niceness belongs to the thread, against POSIX.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    except PermissionError:
        fix = "allow it in /etc/security/limits.conf: '@audio - rtprio 20' and '@audio - nice -11'; join that group"
        return Priority(False, "ordinary priority: this user may not raise it", fix)
    return Priority(True, f"nice {_NICE}", "allow 'rtprio' in /etc/security/limits.conf for the real-time class")


def _macos() -> Priority:
    system = ctypes.CDLL(None, use_errno=True)
    if system.pthread_set_qos_class_self_np(ctypes.c_uint(_QOS_USER_INTERACTIVE), ctypes.c_int(0)) != 0:
        return Priority(False, "ordinary priority: macOS refused the user-interactive class")
    return Priority(True, "quality of service: user interactive")


def _windows() -> Priority:
    libraries = vars(ctypes)["windll"]  # exists on Windows alone
    task = ctypes.c_ulong(0)
    try:
        if libraries.avrt.AvSetMmThreadCharacteristicsW("Pro Audio", ctypes.byref(task)):
            return Priority(True, "multimedia class scheduler, Pro Audio")
    except OSError:
        pass  # a Windows without the multimedia class scheduler, such as a server
    kernel = libraries.kernel32
    kernel.GetCurrentThread.restype = ctypes.c_void_p
    if kernel.SetThreadPriority(ctypes.c_void_p(kernel.GetCurrentThread()), _THREAD_PRIORITY_HIGHEST):
        return Priority(True, "highest ordinary thread priority")
    return Priority(False, "ordinary priority: Windows refused to raise it")

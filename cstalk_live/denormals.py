"""Tiny numbers as zero: a processor takes up to a hundred times longer for floats below 1e-38 than for others.

They arise where something decays for ever, as sound does in digital silence. The processor's flag for it belongs to
the thread, and Python has no word for it: here it is set through the C library's floating-point environment. (ONNX
Runtime's own option works only if the very first session of the program asks for it, and on that thread.) What float32
rounds to zero this way lies hundreds of dB below anything that is sent.
"""

from __future__ import annotations

import ctypes
import platform
import sys

import numpy as np

_SSE_BITS = 0x8040
"""Flush to zero and denormals are zero, of the x86 register MXCSR."""

_ARM_BIT = 1 << 24
"""FZ of the ARM register FPCR."""

_PLACES = {
    ("linux", "x86_64"): (7, _SSE_BITS),
    ("linux", "aarch64"): (0, _ARM_BIT),
    ("darwin", "x86_64"): (1, _SSE_BITS),
    ("darwin", "arm64"): (2, _ARM_BIT),
}
"""Which 32-bit word of the C type ``fenv_t`` holds the register, and the bits to set."""

_WINDOWS_FLUSH, _WINDOWS_MASK = 0x0100_0000, 0x0300_0000
"""_DN_FLUSH and _MCW_DN of Microsoft's ``float.h``."""


def flush_denormals() -> bool:
    """Make the calling thread compute with tiny numbers as zero from now on; whether that is so. Never raises."""
    if not denormals_flushed():
        try:
            if sys.platform == "win32":
                state = ctypes.c_uint(0)
                ctypes.cdll.ucrtbase._controlfp_s(ctypes.byref(state), _WINDOWS_FLUSH, _WINDOWS_MASK)
            else:
                _set_environment()
        except (OSError, AttributeError):
            return False
    return denormals_flushed()


def denormals_flushed() -> bool:
    """Whether the calling thread takes tiny numbers as zero."""
    # Arrays, because numpy computes single numbers in other ways on some systems.
    tiny = np.full(4, 1e-38, np.float32) * np.float32(0.01)
    return not bool(tiny.any())


def _set_environment() -> None:
    place = _PLACES.get((sys.platform, platform.machine()))
    if place is None:
        return
    word, bits = place
    library = ctypes.CDLL(None)
    environment = (ctypes.c_uint32 * 16)()  # fenv_t has 32 bytes at most
    if library.fegetenv(environment) == 0:
        environment[word] |= bits
        library.fesetenv(environment)

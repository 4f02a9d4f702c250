"""What a check of ``cstalk-live doctor`` or ``unreal check`` says."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARN, FAIL = "OK", "WARN", "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    check: str
    verdict: str
    """OK, WARN (works, but not as well as it could) or FAIL (it will not work)."""
    found: str
    fix: str = ""

"""The ledger of engine symbols: complete, without what is not used, and at one with the stand-ins."""

from __future__ import annotations

import engine_symbols
from engine_symbols import EVIDENCE


def test_the_ledger_is_what_the_sources_use():
    kept, made = engine_symbols.read_ledger(), engine_symbols.make_ledger()
    names = {row.symbol for row in kept}
    missing = [row.symbol for row in made if row.symbol not in names]
    assert not missing, f"not in the ledger: {missing}; run engine_symbols.py and say where each is known from"
    assert kept == made, "run engine_symbols.py"
    assert len(kept) > 250


def test_every_row_says_where_it_is_known_from():
    rows = engine_symbols.read_ledger()
    assert not [row.symbol for row in rows if row.evidence not in EVIDENCE]
    # What the plugin stands on was read in the engine's source.
    assert all(
        row.evidence == "engine"
        for row in rows
        if row.header in ("ILiveLinkSource.h", "ILiveLinkClient.h", "LiveLinkTypes.h")
    )


def test_a_symbol_that_is_not_in_the_ledger_is_found(tmp_path):
    """The check itself: a file that names one more engine symbol."""
    path = tmp_path / "Other.cpp"
    path.write_text("int32 Use() { return (GetOuter() != nullptr) + FPlatformTime::Seconds(); }\n", encoding="utf-8")
    words = engine_symbols.used([*engine_symbols.sources(), path])
    ledger = {row.symbol for row in engine_symbols.read_ledger()}
    assert {name for name in engine_symbols.declared() if name in words} - ledger == {"GetOuter"}


def test_nothing_private_of_a_stand_in_is_used():
    """Names that only the stand-ins have begin with Shim; the plugin must not know them."""
    words = engine_symbols.used(engine_symbols.sources())
    assert not [word for word in words if word.lower().startswith("shim")]

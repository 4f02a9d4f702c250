"""Which of the engine's symbols the plugin uses, and what is known of each: the ledger ``ue_symbols.csv``.

The stand-ins in ``ue_shim`` declare every engine symbol that the engine layer can name, because it has to compile
against them. What both the stand-ins declare and our sources name is what we use of the engine; each such symbol needs
a row that says in which header and module it is, its signature, and where that is known from.

    python tests/unreal/engine_symbols.py      rewrite the ledger; new rows have no evidence yet, and the test says so
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

FOLDER = Path(__file__).parent
SHIM = FOLDER / "ue_shim"
LEDGER = FOLDER / "ue_symbols.csv"
LAYER = FOLDER.parents[1] / "unreal_plugin" / "CSTalkLive" / "Source" / "CSTalkLive"
EDITOR = LAYER.with_name("CSTalkLiveEditor")

EVIDENCE = {
    "engine": "read in the engine's source at 5.3.1, 5.7.0 and 5.8.0",
    "engine-5.7": "read in the engine's source at 5.7.0",
    "reference": "stands in Epic's public API reference for 5.4 or 5.5 and for the newest version",
    "use": "in common use in public plugins for years; not looked up",
}
"""How a row is known. Nothing of it was compiled with an engine."""

_DECLARATIONS = (
    re.compile(r"#define (\w+)"),
    re.compile(r"\b(?:class|struct|namespace|enum class|enum) (\w+)\s*(?:final\s*)?(?::[^:]|\{|$)"),
    re.compile(r"\busing (\w+)\s*="),
    re.compile(r"\bDECLARE_DELEGATE_TwoParams\((\w+)"),
    re.compile(r"(?<![\w.>])(\w+)\s*\([^;{}]*\)\s*(?:const)?\s*(?:noexcept)?\s*(?:override)?\s*(?:= 0)?\s*(?:[;{:]|$)"),
    re.compile(
        r"^\s+(?:static |extern |inline |constexpr |mutable )*[\w:<>*& ,]+?[\w>*&] "
        r"(\w+)(?: : \d+)?(?: = [^;]*|\{[^;]*\})?;"
    ),
    re.compile(r"^extern \w+\* (\w+);"),
)
_ENUM = re.compile(r"\benum (?:class )?\w*\s*(?:: \w+ )?\{([^}]*)\}")
_WORDS = {
    "bool",
    "constexpr",
    "decltype",
    "false",
    "if",
    "namespace",
    "nullptr",
    "operator",
    "return",
    "static_cast",
    "true",
    "void",
}


@dataclass(frozen=True)
class Symbol:
    """One row of the ledger."""

    symbol: str
    module: str
    header: str
    signature: str
    """The declaration as the stand-in has it, without a body."""
    evidence: str
    """A key of EVIDENCE; empty: nobody has said yet."""


def code(path: Path) -> str:
    """Without comments and texts."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", path.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r'"(\\.|[^"\\\n])*"', '""', text)


def visible_lines(path: Path) -> Iterator[str]:
    """Declarations of a stand-in, without what is private in it."""
    hidden = False
    for line in path.read_text("utf-8").splitlines():
        if re.match(r"\s*private:", line):
            hidden = True
        elif re.match(r"\s*(public|protected):|\S", line):
            hidden = False
        body = line.startswith("    ") and "Slate" not in path.as_posix()
        if not hidden and not body and not line.startswith(("//", "#include", "#if", "#e", "#pragma")):
            yield line


def signature(line: str) -> str:
    """A declaration without its body."""
    text = re.sub(r"\s+", " ", line.strip())
    if text.startswith("#define"):
        return re.match(r"#define \w+(\([^)]*\))?", text)[0]  # type: ignore[index]
    head = re.split(r"\s*(?:\{|(?<!:):(?!:)(?! public| \d))", text, maxsplit=1)[0]
    return head.rstrip(";").strip() or text


def declared() -> dict[str, tuple[str, str, str]]:
    """Symbol -> module, header, signature, for everything the stand-ins declare in the engine's name."""
    found: dict[str, tuple[str, str, str]] = {}
    for path in sorted(SHIM.glob("*/**/*.h")):
        module, _, header = path.relative_to(SHIM).as_posix().partition("/")
        for line in visible_lines(path):
            text = signature(line)
            names = [name for pattern in _DECLARATIONS for name in pattern.findall(f"  {text};")]
            for members in _ENUM.findall(line):
                names += re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", members)
            for name in names:
                if name.lower().startswith("shim") or name in _WORDS or name.isdigit() or len(name) < 3:
                    continue
                forward = re.fullmatch(rf"\s*(class|struct) {name};", line)
                if not forward:
                    found.setdefault(name, (module, header, signature(line)))
    return found


def sources(*folders: Path) -> list[Path]:
    """The files of modules; of all that know the engine unless told otherwise."""
    return sorted(
        path for folder in folders or (LAYER, EDITOR) for path in folder.rglob("*") if path.suffix in (".h", ".cpp")
    )


def used(files: list[Path]) -> set[str]:
    """All identifiers in ``files``."""
    return {word for path in files for word in re.findall(r"[A-Za-z_]\w*", code(path))}


def read_ledger() -> list[Symbol]:
    """The rows as they are kept."""
    with LEDGER.open(encoding="utf-8", newline="") as file:
        return [Symbol(**row) for row in csv.DictReader(file)]


def make_ledger() -> list[Symbol]:
    """The rows as they must be, with the evidence that is kept."""
    kept = {(row.symbol, row.header): row.evidence for row in read_ledger()} if LEDGER.exists() else {}
    words = used(sources())
    return [
        Symbol(name, module, header, text, kept.get((name, header), ""))
        for name, (module, header, text) in sorted(declared().items(), key=lambda item: (item[1][:2], item[0]))
        if name in words
    ]


def main() -> None:
    """Write the ledger."""
    rows = make_ledger()  # reads the evidence that is kept, before the file is emptied
    with LEDGER.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Symbol)])
        writer.writerows(astuple(row) for row in rows)


if __name__ == "__main__":
    main()

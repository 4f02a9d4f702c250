"""Reads the plugin's headers as Unreal's header tool does: says what it would refuse, writes what it would generate.

Only rules that are documented or that its error messages state; a header that passes here may still fail there.

    python tests/unreal/header_tool.py OUT_FOLDER [MODULE_FOLDER...]
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "unreal_plugin" / "CSTalkLive" / "Source"

VALUE_TYPES = {"bool", "uint8", "int32", "int64", "float", "double", "FName", "FString", "FText", "void"}
"""What Blueprints know beside structs, enums, objects and containers of them."""

CONTAINERS = (
    "TArray",
    "TMap",
    "TSet",
    "TSubclassOf",
    "TSoftClassPtr",
    "TSoftObjectPtr",
    "TObjectPtr",
    "TWeakObjectPtr",
)

TYPE = re.compile(
    r"^(?P<macro>UCLASS|USTRUCT|UENUM)\s*\((?P<arguments>.*?)\)\s*\n"
    r"(?P<kind>enum class|class|struct)\s+(?P<api>[A-Z_]+_API\s+)?(?P<name>\w+)(?P<final>\s+final)?"
    r"(?:\s*:\s*(?P<base>[^\n{]+))?\s*\{",
    re.MULTILINE | re.DOTALL,
)
DELEGATE = re.compile(r"^DECLARE_DYNAMIC_(?:MULTICAST_)?DELEGATE\w*\(\s*(\w+)(.*?)\);", re.MULTILINE | re.DOTALL)
CALLABLE = re.compile(r"UFUNCTION\((?P<arguments>[^\n]*)\)\s*\n\s*(?P<declaration>[^;{]+)[;{]")
MEMBER = re.compile(r"UPROPERTY\((?P<arguments>[^\n]*)\)\s*\n\s*(?P<declaration>[^;]+);")


@dataclass
class Header:
    """One header and what is wrong with it."""

    path: Path
    module: str
    text: str = ""
    """Comments blanked, lines kept."""
    faults: list[str] = field(default_factory=list)

    def fault(self, offset: int, what: str) -> None:
        """Note a fault at a place of the text."""
        self.faults.append(f"{self.path.name}:{self.line(offset)}: {what}")

    def line(self, offset: int) -> int:
        """Line number, from 1."""
        return self.text.count("\n", 0, offset) + 1

    @property
    def reflected(self) -> bool:
        """Whether anything in it is for the header tool."""
        return bool(re.search(r"^\s*(UCLASS|USTRUCT|UENUM|DECLARE_DYNAMIC)", self.text, re.MULTILINE))


def without_comments(text: str) -> str:
    """``text`` with comments replaced by blanks; line numbers stay."""
    return re.sub(r"//[^\n]*|/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)


def headers(folder: Path) -> list[Header]:
    """All headers of a module folder."""
    return [
        Header(path, folder.name, without_comments(path.read_text("utf-8"))) for path in sorted(folder.rglob("*.h"))
    ]


def body_of(text: str, brace: int) -> str:
    """What stands between the brace at ``brace`` and its partner."""
    depth = 0
    for at in range(brace, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[brace + 1 : at]
    return text[brace + 1 :]


def check_includes(header: Header) -> None:
    """``NAME.generated.h`` is there when it is needed, once, and last."""
    found = re.findall(r'#include "([^"]+)"', header.text)
    own = f"{header.path.stem}.generated.h"
    if header.reflected and (not found or found[-1] != own):
        header.fault(0, f"the last include must be {own}")
    if not header.reflected and any(name.endswith(".generated.h") for name in found):
        header.fault(0, "a generated header without a reflected type")
    if sum(name.endswith(".generated.h") for name in found) > 1:
        header.fault(0, "two generated headers")
    if "#pragma once" not in header.text:
        header.fault(0, "no #pragma once")
    if header.reflected and re.search(r"^\s*(namespace|template)\b", header.text, re.MULTILINE):
        header.fault(0, "a namespace or template beside reflected types: keep them apart")


def blueprint_type(text: str) -> str | None:
    """What is wrong with a type as Blueprints see it; None if nothing."""
    bare = re.sub(r"\b(const|class|struct|enum|virtual|static)\b|&", " ", text).strip()
    container = re.fullmatch(r"(\w+)\s*<(.+)>", bare)
    if container:
        if container[1] not in CONTAINERS:
            return f"{container[1]} is unknown to Blueprints"
        if container[1] in ("TArray", "TMap", "TSet"):
            inner = [blueprint_type(part) for part in container[2].split(",")]
            nested = "<" in container[2] and "TA" in container[2]
            return "containers in containers are unknown to Blueprints" if nested else next(filter(None, inner), None)
        return None
    if bare.endswith("*"):
        return None if re.match(r"[UA][A-Z]", bare) else f"{bare} is no object"
    if bare in VALUE_TYPES or re.match(r"[FE][A-Z]", bare):
        return None
    return f"{bare} is unknown to Blueprints"


def check_members(header: Header, name: str, body: str, at: int) -> None:
    """Rules for UPROPERTY."""
    for found in MEMBER.finditer(body):
        offset = at + found.start()
        arguments, declaration = found["arguments"], found["declaration"].split("=")[0].strip()
        if not re.search(r"Category\s*=", arguments) and re.search(r"Edit|Visible|Blueprint", arguments):
            header.fault(offset, f"{name}: a property without Category")
        if re.search(r"\w+\s*\*\s*\w+$", declaration):
            header.fault(offset, f"{name}: a raw pointer property; use TObjectPtr")
        kind, _, member = declaration.rpartition(" ")
        wrong = blueprint_type(kind.strip())
        if "Blueprint" in arguments and wrong:
            header.fault(offset, f"{name}::{member}: {wrong}")
        if kind.strip() == "bool" and not member.startswith("b"):
            header.fault(offset, f"{name}::{member}: a bool begins with b")
        before = re.findall(r"^(public|protected|private):", body[: found.start()], re.MULTILINE)
        hidden = header.text[: header.text.index(body)].rstrip().endswith("{") and name[0] != "F"
        access = before[-1] if before else ("private" if hidden else "public")
        if "BlueprintRead" in arguments and access == "private" and "AllowPrivateAccess" not in arguments:
            header.fault(offset, f"{name}::{member}: BlueprintRead on a private property")


def check_functions(header: Header, name: str, body: str, at: int) -> None:
    """Rules for UFUNCTION."""
    seen: set[str] = set()
    for found in CALLABLE.finditer(body):
        offset = at + found.start()
        declaration = re.sub(r"\s+", " ", found["declaration"]).strip()
        parts = re.match(r"(?P<returns>.+?)\s*(?P<function>\w+)\s*\((?P<parameters>.*)\)\s*(const)?$", declaration)
        if parts is None:
            header.fault(offset, f"{name}: cannot read {declaration}")
            continue
        function = parts["function"]
        if function in seen:
            header.fault(offset, f"{name}::{function}: overloaded UFUNCTION")
        seen.add(function)
        if not re.search(r"Category\s*=", found["arguments"]):
            header.fault(offset, f"{name}::{function}: no Category")
        kinds = [parts["returns"]]
        depth, word = 0, ""
        for letter in [*parts["parameters"], ","]:
            depth += {"<": 1, ">": -1}.get(letter, 0)
            if letter == "," and depth == 0:
                kinds += [word.split("=")[0].strip().rpartition(" ")[0]] if word.strip() else []
                word = ""
            else:
                word += letter
        for kind in kinds:
            wrong = blueprint_type(kind)
            if wrong:
                header.fault(offset, f"{name}::{function}: {wrong}")
        if "BlueprintPure" in found["arguments"] and parts["returns"] == "void":
            header.fault(offset, f"{name}::{function}: pure, but gives nothing")


def check_types(header: Header) -> None:
    """Rules for UCLASS, USTRUCT, UENUM."""
    read = 0
    for found in TYPE.finditer(header.text):
        read += 1
        name, macro, at = found["name"], found["macro"], found.start()
        prefix = {"UCLASS": "UA", "USTRUCT": "F", "UENUM": "E"}[macro]
        if name[0] not in prefix or not name[1].isupper():
            header.fault(at, f"{macro} {name} must begin with {' or '.join(prefix)}")
        api = f"{header.module.upper()}_API"
        if found["api"] and found["api"].strip() != api:
            header.fault(at, f"{name}: {found['api'].strip()} where {api} belongs")
        if macro == "UENUM":
            if "BlueprintType" in found["arguments"] and (found["base"] or "").strip() != "uint8":
                header.fault(at, f"{name}: Blueprint enums are of uint8")
            continue
        if macro == "UCLASS" and not re.match(r"public \w+", found["base"] or ""):
            header.fault(at, f"{name}: no public base class")
        body = body_of(header.text, found.end() - 1)
        if not re.match(r"\s*GENERATED_BODY\(\)", body):
            header.fault(at, f"{name}: GENERATED_BODY() must come first")
        check_members(header, name, body, found.end())
        check_functions(header, name, body, found.end())
    macros = len(re.findall(r"^\s*(?:UCLASS|USTRUCT|UENUM)\b", header.text, re.MULTILINE))
    if read != macros:
        header.fault(0, f"{macros} reflected types, of which {read} can be read")


def check_conditions(header: Header) -> None:
    """No reflected member under a condition the header tool does not evaluate."""
    stack: list[str] = []
    for number, line in enumerate(header.text.splitlines(), 1):
        word = line.strip()
        if word.startswith("#if"):
            stack.append(word)
        elif word.startswith("#endif") and stack:
            stack.pop()
        elif re.match(r"(UPROPERTY|UFUNCTION|UCLASS|USTRUCT|UENUM)\b", word):
            bad = [one for one in stack if "WITH_EDITORONLY_DATA" not in one and one != "#if WITH_EDITOR"]
            if bad or (stack and word.startswith(("UCLASS", "USTRUCT", "UENUM"))):
                header.faults.append(f"{header.path.name}:{number}: {word.split('(')[0]} under {stack[-1]}")


def check_delegates(header: Header) -> None:
    """Rules for dynamic delegates."""
    for found in DELEGATE.finditer(header.text):
        if not re.match(r"F[A-Z]", found[1]):
            header.fault(found.start(), f"delegate {found[1]} must begin with F")
        parts = [part.strip() for part in found[2].split(",") if part.strip()]
        for kind in parts[0::2]:
            wrong = blueprint_type(kind)
            if wrong:
                header.fault(found.start(), f"delegate {found[1]}: {wrong}")


def check(folders: list[Path]) -> list[str]:
    """Everything that is wrong in the modules ``folders``."""
    faults: list[str] = []
    files: dict[str, str] = {}
    types: dict[str, str] = {}
    for folder in folders:
        for header in headers(folder):
            for rule in (check_includes, check_types, check_conditions, check_delegates):
                rule(header)
            faults += header.faults
            if not header.reflected:
                continue
            name = header.path.name
            if name in files:
                faults.append(f"{name}: in {files[name]} and in {header.module}; the header tool wants one of a name")
            files[name] = header.module
            names = [found["name"] for found in TYPE.finditer(header.text)]
            names += [found[1] for found in DELEGATE.finditer(header.text)]
            for one in names:
                if one[1:] in types:
                    faults.append(f"{name}: {one} and {types[one[1:]]} are the same without their first letter")
                types[one[1:]] = one
    return faults


def generated(header: Header) -> str:
    """A stand-in for NAME.generated.h: the members that the real one adds."""
    file_id = f"FID_{header.path.stem}"
    lines = [
        "#pragma once",
        '#include "UObject/Object.h"',
        "#undef CURRENT_FILE_ID",
        f"#define CURRENT_FILE_ID {file_id}",
    ]
    for found in TYPE.finditer(header.text):
        if found["macro"] == "UENUM":
            continue
        at = header.text.find("GENERATED_BODY()", found.end())
        name = found["name"]
        if found["macro"] == "UCLASS":
            base = re.findall(r"public (\w+)", found["base"] or "public UObject")[0]
            members = f"SHIM_OBJECT({name}, {base}) private:"
        else:
            struct = f'static UScriptStruct Struct(TEXT("{name}"), nullptr); return &Struct;'
            members = f"public: static UScriptStruct* StaticStruct() {{ {struct} }}"
        lines.append(f"#define {file_id}_{header.line(at)}_GENERATED_BODY {members}")
    return "\n".join(lines) + "\n"


def write(folders: list[Path], out: Path) -> int:
    """Write the stand-ins of all reflected headers into ``out``; returns how many."""
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for folder in folders:
        for header in headers(folder):
            if not header.reflected:
                continue
            path, text = out / f"{header.path.stem}.generated.h", generated(header)
            if not path.exists() or path.read_text("utf-8") != text:  # so that nothing is built again for nothing
                path.write_text(text, encoding="utf-8")
            count += 1
    return count


if __name__ == "__main__":
    chosen = [Path(one) for one in sys.argv[2:]] or [SOURCE / "CSTalkLive"]
    print(*check(chosen), sep="\n")
    print(f"{write(chosen, Path(sys.argv[1]))} headers generated")

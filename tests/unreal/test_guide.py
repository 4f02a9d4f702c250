"""The plugin's guide: its links lead somewhere, its commands exist, and it claims no more than was done."""

from __future__ import annotations

import re

import pytest
import typer

from cstalk_live.cli.app import app
from cstalk_live.output.target import OSC_PORT
from cstalk_live.unreal import ports
from cstalk_live.unreal.engine import NEWEST, OLDEST

from .lint_reading import PLUGIN

PAGES = [PLUGIN / "README.md", *sorted((PLUGIN / "Docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert link.startswith("https://") or (page.parent / link).is_file(), link


def test_every_page_is_linked_from_the_first():
    text = PAGES[0].read_text(encoding="utf-8")
    assert all(f"(Docs/{page.name})" in text for page in PAGES[1:])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page):
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"cstalk-live ((?:[a-z]+ ?)+(?:[^\n`]*))", text):
        words = line.split()
        command = COMMANDS.get(words[0])
        if command is None:
            continue  # the program's name within a sentence
        if words[0] == "unreal":
            command = command.commands[words[1]]
        known = {name for parameter in command.params for name in parameter.opts}
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= known, line


def test_commands_are_found_at_all():
    text = PAGES[0].read_text(encoding="utf-8")
    assert "cstalk-live unreal install --project" in text
    assert "cstalk-live run --osc" in text


def test_it_says_that_no_engine_has_compiled_it():
    """Whoever changes a workflow's 'never yet run' changes this table too."""
    text = PAGES[0].read_text(encoding="utf-8")
    versions = ", ".join(f"5.{minor}" for minor in range(OLDEST.minor, NEWEST.minor + 1))
    assert f"| {versions} on Windows, macOS, Linux | yes | **no, none yet** | **no, none yet** |" in text
    assert "| Unreal | written for | compiled by us | run by us |" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_console_commands_and_functions_exist(page):
    text = page.read_text(encoding="utf-8")
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in PLUGIN.rglob("*") if path.suffix in (".h", ".cpp", ".py")
    )
    for command in re.findall(r"`(cstalk\.[a-z]+)", text):
        assert f'TEXT("{command}")' in sources, command
    for function in re.findall(r"`(Get\w+|Set\w+)`", text):
        assert f" {function}(" in sources, function
    for label in re.findall(r"\*(Bind selected MetaHuman|Check selected face|CSTalk Live|CSTalk Face)\*", text):
        assert f'"{label}"' in sources, label
    for setting in re.findall(r"\*(Allowed Senders|Shared Key|Playout Delay|Binding)\*", text):
        assert re.search(rf" {setting.replace(' ', '')}\b", sources), setting


def test_the_section_that_the_port_is_read_from_is_the_plugins_own():
    """Config=Game settings of a class UCSTalkSettings in module CSTalkLive stand there, its struct in one line."""
    text = (PLUGIN / "Source" / "CSTalkLive" / "Public" / "CSTalkSettings.h").read_text(encoding="utf-8")
    assert "UCLASS(Config = Game, DefaultConfig" in text
    assert re.search(r"UPROPERTY\(Config[^)]*\)\s*FCSTalkConnection Connection;", text)
    assert ports.SETTINGS_SECTION == "/Script/CSTalkLive.CSTalkSettings"
    assert ports.CONNECTION_KEY == "Connection"
    connection = (PLUGIN / "Source" / "CSTalkLive" / "Public" / "CSTalkConnection.h").read_text(encoding="utf-8")
    assert f"int32 Port = {OSC_PORT};" in connection

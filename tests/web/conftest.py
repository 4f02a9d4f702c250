"""What the page's tests share."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def load(name):
    """A module beside the tests, which are no package."""
    found = importlib.util.spec_from_file_location(f"web_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def page_data():
    """The folder of the files that are made for the page."""
    from cstalk_live.web import build_page

    build_page.make_data()
    return build_page.PAGE / "public"


@pytest.fixture(scope="session")
def arkit_golden():
    return load("make_arkit_golden")

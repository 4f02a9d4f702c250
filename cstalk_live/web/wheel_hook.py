"""Hatch's build hook: a wheel (and an editable installation) gets the page built, or says in one line why not."""

from __future__ import annotations

import os
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageBuildHook(BuildHookInterface):  # type: ignore[misc]
    """Set ``CSTALK_NO_PAGE`` to leave the page out."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build environment needs besides Hatchling."""
        if os.environ.get("CSTALK_NO_PAGE"):
            return []
        sys.path.insert(0, self.root)
        from cstalk_live.web.node import NODE_REQUIREMENT, find_node

        return ["numpy>=1.26"] if find_node() else ["numpy>=1.26", NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - Hatch's signature
        """Build the page before the files are gathered; never stops the wheel."""
        if os.environ.get("CSTALK_NO_PAGE"):
            return
        sys.path.insert(0, self.root)
        try:
            from cstalk_live.errors import CSTalkError
            from cstalk_live.web.build_page import build

            try:
                build()
            except CSTalkError as error:
                self.app.display_warning(f"the control room's page is left out: {error}".replace("\n", " "))
        except ImportError as error:
            self.app.display_warning(f"the control room's page is left out: {error}")

"""Programs that tests run where they are installed."""

from __future__ import annotations

import os
import shutil

import pytest


def require_tool(name: str, *folders: str) -> str:
    """The path of the program *name*, looked for in *folders* too.

    Without it the test is skipped, and says so; where ``CI`` is true it fails instead, so that nothing is skipped there.
    """
    path = shutil.which(name) or shutil.which(name, path=os.pathsep.join(("/usr/sbin", *folders)))
    if path:
        return path
    reason = f"{name} is not installed"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{reason}, and under CI no test may be skipped for that")
    pytest.skip(reason)

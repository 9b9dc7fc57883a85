"""Programs that tests run where they are installed."""

from __future__ import annotations

import os
import shutil

import pytest


def require_tool(name: str) -> str:
    """The path of the program *name*.

    Without it the test is skipped, and says so; where ``CI`` is true it fails instead, so that nothing is skipped there.
    """
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if path:
        return path
    reason = f"{name} is not installed"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{reason}, and under CI no test may be skipped for that")
    pytest.skip(reason)

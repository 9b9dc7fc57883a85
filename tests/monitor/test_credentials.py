"""Secrets: found where the reference says, fit for a header, and never told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from checks.model import Reason, Unseen
from checks.values import Secret
from checks.vendor import Auth, BasicAuth
from monitor.credentials import authorization, reveal


def refused(secret: Secret) -> str:
    with pytest.raises(Unseen) as caught:
        reveal(secret)
    assert caught.value.failure.reason is Reason.CONFIG
    return caught.value.failure.detail


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_KEY", "s3cret")
    assert reveal(Secret("env", "VENDOR_KEY")) == "s3cret"


def test_a_secret_comes_from_a_file_without_the_line_break_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("s3cret\n")
    assert reveal(Secret("file", str(path))) == "s3cret"


def test_a_missing_secret_is_told_by_its_reference(tmp_path: Path) -> None:
    assert refused(Secret("env", "NO_SUCH_KEY")).startswith("the secret env:NO_SUCH_KEY is missing")
    assert refused(Secret("file", str(tmp_path / "no"))).endswith("/no cannot be read: No such file or directory")


@pytest.mark.parametrize("content", [b"", b" \n", b"two\nlines", b"s3cret\x00", b"\xff\xfes3cret"])
def test_a_secret_unfit_for_a_header_is_refused_without_being_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    assert "s3cret" not in refused(Secret("file", str(path)))


def test_a_secret_that_is_no_text_is_refused_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_KEY", os.fsdecode(b"s3cr\xe9t"))
    assert refused(Secret("env", "VENDOR_KEY")) == "the secret env:VENDOR_KEY is not text in UTF-8"


def test_authorization_is_made_of_references(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_KEY", "s3cret")
    key = Secret("env", "VENDOR_KEY")
    assert authorization(Auth(bearer=key)) == "Bearer s3cret"
    assert authorization(Auth(basic=BasicAuth(user="me", password=key))) == "Basic bWU6czNjcmV0"

"""From text to values: what YAML means here, what is refused, and that no file does harm."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.values import Address, Day, Seconds, Secret, Url
from checks.vendor import (
    Auth,
    BasicAuth,
    ComponentRef,
    Endpoint,
    Expect,
    JsonCondition,
    StartTls,
    StatusPage,
    Tier,
    TlsEntry,
    VendorFile,
    Waiver,
)
from monitor.loading.border import Loaded, load_file, schema_of
from monitor.loading.problem import ConfigError, Problem
from monitor.settings import CheckSettings, Concurrency, Confirmation, NetworkSettings, Settings


@dataclass(frozen=True, kw_only=True)
class Anything:
    """A shape that takes any scalar, to see what it was read as."""

    value: str | int | float | bool | None
    rest: dict[str, Any] = field(default_factory=dict)


def load(tmp_path: Path, text: str | bytes, shape: Any = VendorFile) -> Any:
    file = tmp_path / "file.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_file(file, shape)


def told(loaded: Loaded[Any]) -> list[str]:
    """The problems without their file."""
    return [f"{problem.line}: {problem.path}: {problem.message}" for problem in sorted(loaded.problems)]


def test_a_vendor_file_becomes_plain_values(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        name: Acme
        tier: critical
        status: {url: https://status.acme.test, platform: feed, components: [API, {id: abc}], every: 1h30m}
        endpoints:
          - url: https://api.acme.test/
            auth: {bearer: env:TOKEN}
            expect: {status: [200, 204], max_seconds: 2}
        tls: ["[2001:DB8::1]:443"]
        """,
    )
    assert loaded.problems == ()
    vendor = loaded.value
    assert isinstance(vendor, VendorFile)
    assert vendor.tier is Tier.CRITICAL
    assert vendor.status
    assert vendor.status.components == ("API", ComponentRef(id="abc"))
    assert vendor.status.every == Seconds(5400)
    (endpoint,) = vendor.endpoints
    assert isinstance(endpoint, Endpoint)
    assert isinstance(endpoint.url, Url)
    assert endpoint.auth
    assert endpoint.auth.bearer == Secret("env", "TOKEN")
    assert endpoint.expect.status == (200, 204)
    assert vendor.tls == (Address("2001:db8::1", 443),)


def test_an_entry_of_tls_is_an_address_or_says_more(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        name: Acme
        tls:
          - api.acme.test:443
          - address: mail.acme.test:25
            starttls: smtp
            profile: pci-4.0.1
            deep: true
            waive: [{finding: cert.sct, reason: private, until: 2027-03-31}]
        """,
    )
    assert loaded.problems == ()
    plain, mail = loaded.value.tls
    assert plain == Address("api.acme.test", 443)
    waiver = Waiver(finding="cert.sct", reason="private", until=Day(2027, 3, 31))
    assert mail == TlsEntry(Address("mail.acme.test", 25), "pci-4.0.1", StartTls.SMTP, deep=True, waive=(waiver,))
    assert type(mail.waive[0].until) is Day


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("False", False),
        ("NULL", None),
        ("~", None),
        ("12", 12),
        ("-7", -7),
        ("+3", 3),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("2e3", 2000.0),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("12:30:45", "12:30:45"),
        ("2026-02-30", "2026-02-30"),
        ("2027-03-31", "2027-03-31"),
        ("2026-11-21T22:50:00Z", "2026-11-21T22:50:00Z"),
        ("017", "017"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("=", "="),
        ("'12'", "12"),
        ('"true"', "true"),
        ("''", ""),
        ("|\n  true\n", "true\n"),
    ],
)
def test_scalars_mean_what_the_core_schema_says(tmp_path: Path, written: str, meant: object) -> None:
    loaded = load(tmp_path, f"value: {written}", Anything)
    assert told(loaded) == []
    assert (loaded.value.value, type(loaded.value.value)) == (meant, type(meant))


def test_a_number_too_long_for_python_is_only_told(tmp_path: Path) -> None:
    assert told(load(tmp_path, "name: " + "9" * 5000)) == []
    assert told(load(tmp_path, "name: " + "9" * 300)) == ["1: name: must be text: write it in quotes"]


def test_an_alias_stands_for_its_anchor(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        name: Acme
        endpoints:
          - {url: https://api.acme.test/1, expect: &usual {status: [200]}}
          - {url: https://api.acme.test/2, expect: *usual}
        """,
    )
    assert told(loaded) == []
    assert [endpoint.expect.status for endpoint in loaded.value.endpoints] == [(200,), (200,)]


def test_a_mistake_behind_an_alias_is_told_where_the_alias_stands_too(tmp_path: Path) -> None:
    loaded = load(tmp_path, "name: Acme\ntls:\n  - &wrong acme\n  - *wrong\n")
    assert [(problem.line, problem.path) for problem in loaded.problems] == [(3, "tls[0]"), (4, "tls[1]")]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xef\xbb\xbfname: Acme\n", "1: : begins with a byte order mark: save the file as UTF-8 without one"),
        ("name: Acme\n".encode("utf-16"), "1: : is not UTF-8: save the file as UTF-8"),
        (b"name: Acme\nowner: J\xfcrgen\n", "2: : is not UTF-8: save the file as UTF-8"),
        (
            b"name: Acme\n\nowner: a\x00b\n",
            "3: : has the control character U+0000: remove it, or write it as an escape in quotes",
        ),
        (b"name: Acme # " + b"x" * 1_048_576, "0: : is larger than 1024 KiB: is this the right file?"),
        (b"name: " + b"[" * 100_000, "1: : nested more than 32 deep: is this the right file?"),
        (b"a: {b: " * 40, None),
        (b"? " * 1000, None),
        (b'name: "\\ud800"', "1: name: not YAML: an escape in double quotes is no character: use single quotes"),
        (b"%YAML 9.9\n---\nname: Acme\n", None),
        (b"name: !odd!tag Acme\n", None),
        (b"{", "1: : not YAML: what opens here is never closed"),
        (b"name: Acme\n...\nname: Other\n", "3: : not YAML: the document ended above: one file is one document"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, raw: bytes, message: str | None) -> None:
    loaded = load(tmp_path, raw)
    assert len(loaded.problems) == 1
    assert message is None or told(loaded) == [message]


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert told(load_file(tmp_path, VendorFile)) == ["0: : is not a file"]
    assert told(load_file(tmp_path / "pipe", VendorFile)) == ["0: : is not a file"]
    assert told(load_file(tmp_path / "none.yaml", VendorFile)) == ["0: : cannot be read: No such file or directory"]
    (tmp_path / "loop").symlink_to("loop")
    assert told(load_file(tmp_path / "loop", VendorFile)) == ["0: : cannot be read: Too many levels of symbolic links"]


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"%@`#?,~<\n\t 01", max_size=60).map(str.encode))
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    loaded = load(tmp_path_factory.mktemp("any"), raw)
    assert loaded.value is not None or loaded.problems


_odd: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "5s", "https://api.acme.test/", "env:TOKEN", [], [None], {}]
)
_shapes = (VendorFile, StatusPage, ComponentRef, Endpoint, Auth, BasicAuth, Expect, JsonCondition)
_settings = (Settings, CheckSettings, Concurrency, Confirmation, NetworkSettings)
_keys = st.sampled_from(["nam", "endpoint", *sorted({key.name for shape in _shapes + _settings for key in fields(shape)})])
_trees = st.recursive(_odd, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=6))


@pytest.mark.parametrize("shape", [VendorFile, Settings])
@settings(max_examples=150, deadline=None)
@given(tree=st.dictionaries(_keys, _trees, max_size=6))
@example(tree={"name": "x", "endpoints": [{"url": "https://a.test/", "auth": {"nam": 1, "endpoint": 2}}]})
def test_whatever_is_wrong_the_rest_is_read(tmp_path_factory: pytest.TempPathFactory, shape: Any, tree: object) -> None:
    loaded = load(tmp_path_factory.mktemp("odd"), json.dumps(tree), shape)
    assert isinstance(loaded.value, shape)
    assert len(set(loaded.problems)) == len(loaded.problems)
    assert bool(loaded.problems) == loaded.gaps.touch()


def test_keys_under_auth_that_nobody_knows_are_counted_and_not_named(tmp_path: Path) -> None:
    file = {"name": "x", "endpoints": [{"url": "https://a.test/", "auth": {"nam": 1, "endpoint": 2}}]}
    loaded = load(tmp_path, json.dumps(file))
    assert told(loaded) == ["1: endpoints[0].auth: has 2 unknown keys (known: bearer, basic)"]


SECRET = "hunter2"
_secret_places = st.recursive(
    st.sampled_from([SECRET, None, 5, True, f"bearer:{SECRET}"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["bearer", "basic", "user", "password", SECRET, f"bearer:{SECRET}"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(auth=_secret_places)
def test_nothing_that_stands_under_auth_is_repeated(tmp_path_factory: pytest.TempPathFactory, auth: object) -> None:
    file = {"name": "Acme", "endpoints": [{"url": "https://api.acme.test/", "auth": auth}]}
    loaded = load(tmp_path_factory.mktemp("secret"), json.dumps(file))
    assert SECRET not in str(ConfigError(loaded.problems))


def test_a_problem_is_told_relative_to_where_we_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    inside = Problem(tmp_path / "config/monitor.yaml", 3, "listen", "is odd")
    outside = Problem(Path("/etc/vendorwatch/monitor.yaml"), 0, "", "cannot be read")
    assert str(inside) == "config/monitor.yaml:3: listen: is odd"
    assert str(outside) == "/etc/vendorwatch/monitor.yaml: cannot be read"


def test_problems_are_told_once_and_in_the_order_of_lines() -> None:
    problems = [Problem(Path("b"), 2, "x", "m"), Problem(Path("b"), 10, "y", "m"), Problem(Path("a"), 9, "z", "m")]
    assert str(ConfigError([*problems, problems[0]])) == "a:9: z: m\nb:2: x: m\nb:10: y: m"


def test_a_long_message_and_a_long_key_are_cut(tmp_path: Path) -> None:
    (line,) = str(ConfigError(load(tmp_path, f"name: Acme\ntls: [{'x' * 5000}]").problems)).splitlines()
    assert len(line) < 600
    (problem,) = load(tmp_path, f'name: Acme\n"{"k" * 500}\\e[31m": 1\n').problems
    assert problem.path == "k" * 40 + "…"
    (problem,) = load(tmp_path, 'name: Acme\n"\\e[31m": 1\n').problems
    assert problem.path == "?[31m"


def test_the_schema_says_what_the_fields_say() -> None:
    schema = schema_of(VendorFile, "a title")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "a title"
    assert schema["required"] == ["name"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["owner"]["description"] == "Who is told; becomes the label team."
    every = schema["$defs"]["StatusPage"]["properties"]["every"]
    assert every["pattern"] == Seconds.pattern
    assert every["examples"] == list(Seconds.examples)


def test_the_schema_shows_defaults_as_they_are_written() -> None:
    schema = schema_of(Settings, "")
    assert schema["properties"]["listen"]["default"] == "127.0.0.1:9877"
    assert schema["$defs"]["Confirmation"]["properties"]["after"]["default"] == "5s"


def test_the_schema_offers_no_null_but_where_null_is_a_value() -> None:
    definitions = schema_of(VendorFile, "")["$defs"]
    equals = definitions["JsonCondition"]["properties"].pop("equals")
    assert {"type": "null"} in equals["anyOf"]
    assert "null" not in json.dumps(definitions)

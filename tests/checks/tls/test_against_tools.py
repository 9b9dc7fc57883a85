"""The deep scan beside the scanners that others trust, on the same servers: equal versions, equal suites.

A tool's blind spots are subtracted from our side only, and named one by one in `BLIND`; what a tool sees and we do not is
always a difference.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from checks.tls.posture import Posture
from checks.tls.suites import suite_name
from tests.support.scanning import deeply, spoken
from tests.support.tlsprograms import ONLY_WEAK_DH, nginx_server, openssl_server
from tests.support.tlsservers import NAME, rsa_chain, tlslite_server
from tests.support.tools import require_tool

SECONDS = 240
"""How long a scanner may take for one server."""


@dataclass(frozen=True)
class Seen:
    """What a scanner saw: the versions, and each pair of a version and a suite that goes with it."""

    versions: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def _ours(posture: Posture) -> Seen:
    pairs = {(version, suite) for version, suites in posture.suites.items() for suite in suites}
    return Seen(frozenset(spoken(posture)), frozenset(pairs))


def by_sslscan(program: str, folder: Path, port: int) -> Seen:
    """What sslscan saw, from its XML."""
    told = folder / "sslscan.xml"
    flags = ["-4", "--timeout=30", "--no-heartbleed", "--no-check-certificate", "--no-renegotiation", "--no-compression"]
    _run([program, *flags, "--no-fallback", f"--xml={told}", f"{NAME}:{port}"])
    document = ET.parse(told)  # noqa: S314 - written by a program that we have just run
    protocols = (each for each in document.iter("protocol") if each.get("enabled") == "1")
    ciphers = ((each.get("sslversion", ""), int(each.get("id", ""), 16)) for each in document.iter("cipher"))
    return Seen(
        frozenset(f"{each.get('type', '').upper()}v{each.get('version')}" for each in protocols),
        frozenset((version, suite_name(code)) for version, code in ciphers),
    )


def by_testssl(program: str, folder: Path, port: int) -> Seen:
    """What testssl.sh saw, from its JSON."""
    told = folder / "testssl.json"
    flags = ["-p", "-E", "--warnings", "off", "--quiet", "--ip", "127.0.0.1", "--nodns", "none"]
    _run([program, *flags, "--jsonfile", str(told), f"{NAME}:{port}"])
    rows = [(each["id"], each["finding"]) for each in json.loads(told.read_text())]
    ciphers = (found.groups() for name, _ in rows if (found := _TESTSSL_CIPHER.fullmatch(name)))
    return Seen(
        frozenset(_TESTSSL_VERSIONS[name.lower()] for name, found in rows if _is_version(name, found)),
        frozenset((_TESTSSL_VERSIONS[version], suite_name(int(code, 16))) for version, code in ciphers),
    )


_TESTSSL_VERSIONS = {
    "ssl2": "SSLv2", "ssl3": "SSLv3", "sslv2": "SSLv2", "sslv3": "SSLv3",
    "tls1": "TLSv1.0", "tls1_1": "TLSv1.1", "tls1_2": "TLSv1.2", "tls1_3": "TLSv1.3",
}  # fmt: skip
_TESTSSL_CIPHER = re.compile(r"cipher-(\w+?)_x([0-9a-f]+)")


def _is_version(name: str, found: str) -> bool:
    return name.lower() in _TESTSSL_VERSIONS and found.startswith("offered")


def _run(command: list[str]) -> None:
    """Run a scanner, whose exit code counts findings; from 242 on it is about the scanner itself (testssl(1))."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
    assert 0 <= done.returncode < 242, f"{command} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


Tool = Callable[[str, Path, int], Seen]
Server = Callable[[Path], AbstractContextManager[int]]


def _openssl(folder: Path) -> AbstractContextManager[int]:
    return openssl_server(require_tool("openssl"), folder)


def _weak_dh(folder: Path) -> AbstractContextManager[int]:
    return openssl_server(require_tool("openssl"), folder, ONLY_WEAK_DH)


@contextmanager
def _nginx(site: str, folder: Path) -> Iterator[int]:
    with nginx_server(require_tool("nginx"), folder, [site]) as ports:
        yield ports[site]


def _ssl3(_: Path) -> AbstractContextManager[int]:
    return tlslite_server(rsa_chain(), ciphers=["rc4", "3des", "aes128"], exchanges=["rsa", "dhe_rsa"])


SERVERS: Mapping[str, Server] = {
    "openssl": _openssl,
    "openssl, weak groups": _weak_dh,
    "nginx, intermediate": partial(_nginx, "intermediate"),
    "nginx, old": partial(_nginx, "old"),
    "nginx, client certificates": partial(_nginx, "mutual"),
    "tlslite-ng, SSL 3.0": _ssl3,
}

TOOLS: Mapping[str, Tool] = {"sslscan": by_sslscan, "testssl": by_testssl}
BLIND: Mapping[str, Callable[[str, str], bool]] = {
    # It tries SSL 3.0 with a hello of its own, but lists suites by way of OpenSSL, which no longer speaks that version.
    "sslscan": lambda version, _: version == "SSLv3",
    "testssl": lambda _, __: False,
}
"""Which pairs of a version and a suite a tool cannot see."""


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
def test_another_scanner_sees_the_same(tool: str, tmp_path: Path) -> None:
    program = require_tool(tool)
    with ThreadPoolExecutor() as pool:
        differences = pool.map(lambda server: _difference(tool, program, server, tmp_path), SERVERS)
    assert dict(zip(SERVERS, differences, strict=True)) == dict.fromkeys(SERVERS, (set(), set()))


def _difference(tool: str, program: str, server: str, folder: Path) -> tuple[set[object], set[object]]:
    """What only we saw, and what only the tool did."""
    own = folder / server.replace(" ", "-")
    own.mkdir()
    with SERVERS[server](own) as port:
        ours, theirs = _ours(deeply(own, port)), _found(TOOLS[tool], program, own, port)
    seen = {pair for pair in ours.pairs if not BLIND[tool](*pair)}
    return {*ours.versions - theirs.versions, *seen - theirs.pairs}, {*theirs.versions - ours.versions, *theirs.pairs - seen}


def _found(tool: Tool, program: str, folder: Path, port: int) -> Seen:
    """What the tool saw, asked again where it saw nothing: on a busy machine it drops what was late, and ends well."""
    theirs = tool(program, folder, port)
    return theirs if theirs.versions else tool(program, folder, port)

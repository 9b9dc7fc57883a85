"""Programs that serve TLS on loopback: OpenSSL's own test server, and nginx as people set it up.

Each is a context manager around one process, which ends with it. Where the program is, the caller says: a test by
`tests.support.tools.require_tool`, which skips.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.certlab import ROOT
from tests.support.servers import free_ports
from tests.support.tlsservers import OLDEST_OPENSSL, ecdsa_chain, key_pem, pem, rsa_chain

_WEAK_DH = """\
-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""
"""The group of 1,024 bits of RFC 2409, section 6.2: what many servers had until Logjam."""
_TLS13_SUITES = (
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"
    ":TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"
)
EVERYTHING = ("-cipher", OLDEST_OPENSSL, "-ciphersuites", _TLS13_SUITES)
"""Flags of ``s_server`` for every version and suite it has."""
ONLY_WEAK_DH = ("-cipher", "DHE:@SECLEVEL=0", "-no_tls1_3", "-dhparam", "dh.pem")
"""Flags of ``s_server`` for Diffie-Hellman with 1,024 bits and nothing else."""

_INTERMEDIATE = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
    ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
)
_OLD = (
    f"{_INTERMEDIATE}:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256"
    ":ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA:DHE-RSA-AES256-SHA256"
    ":AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:AES128-SHA:AES256-SHA:@SECLEVEL=0"
)
SITES: Mapping[str, str] = {
    "modern": "ssl_protocols TLSv1.3;",
    "intermediate": f"ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers {_INTERMEDIATE}; ssl_prefer_server_ciphers off;",
    "old": f"ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers {_OLD}; ssl_prefer_server_ciphers on;"
    " ssl_dhparam dh.pem;",
    "mutual": f"ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers {_INTERMEDIATE}; ssl_verify_client on;"
    " ssl_client_certificate root.pem;",
}
"""Servers of nginx by what people call them, each with an RSA and an ECDSA certificate."""


@contextmanager
def openssl_server(program: str, folder: Path, flags: Sequence[str] = EVERYTHING) -> Iterator[int]:
    """``openssl s_server`` with both certificates. It serves one connection at a time."""
    _prepare(folder)
    (port,) = free_ports(1)
    one = ["-cert", "rsa.pem", "-key", "rsa.pem", "-cert_chain", "rsa.pem"]
    other = ["-dcert", "ecdsa.pem", "-dkey", "ecdsa.pem", "-dcert_chain", "ecdsa.pem"]
    with _running(
        [program, "s_server", "-accept", f"127.0.0.1:{port}", *one, *other, *flags, "-www", "-quiet"], folder, port
    ):
        yield port


@contextmanager
def nginx_server(
    program: str, folder: Path, sites: Sequence[str], addresses: Sequence[str] = ("127.0.0.1",)
) -> Iterator[Mapping[str, int]]:
    """A web server, nginx, with some of `SITES` at each of *addresses*: their ports by name."""
    _prepare(folder)
    ports = dict(zip(sites, free_ports(len(sites)), strict=True))
    config = folder / "nginx.conf"
    config.write_text(_configured(folder, ports, addresses))
    with _running([program, "-p", str(folder), "-c", str(config)], folder, ports[sites[0]]):
        yield ports


def _prepare(folder: Path) -> None:
    """Write what both programs load: keys with their chains, the root that signs clients, weak parameters."""
    for name, chain in (("rsa", rsa_chain()), ("ecdsa", ecdsa_chain())):
        (folder / f"{name}.pem").write_bytes(key_pem(chain[0]) + pem(*chain))
    (folder / "root.pem").write_bytes(pem(ROOT))
    (folder / "dh.pem").write_text(_WEAK_DH)


def _configured(folder: Path, ports: Mapping[str, int], addresses: Sequence[str]) -> str:
    user = "user root;" if os.geteuid() == 0 else ""  # The workers of another user could not enter the folder.
    places = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    chains = "".join(f"ssl_certificate {name}.pem; ssl_certificate_key {name}.pem;\n" for name in ("rsa", "ecdsa"))
    listens = {port: "".join(f"listen {address}:{port} ssl; " for address in addresses) for port in ports.values()}
    servers = "".join(f"server {{ {listens[port]}{SITES[name]} return 204; }}\n" for name, port in ports.items())
    return (
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;\n"
        f"events {{ worker_connections 4096; }}\n"
        f"http {{ access_log off; {places}\n{chains}{servers}}}\n"
    )


@contextmanager
def _running(command: Sequence[str], folder: Path, port: int) -> Iterator[None]:
    """Have *command* run in *folder*, once *port* takes connections."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet) as process:
        try:
            _wait_for(process, port)
            yield
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(200):
        with socket.socket() as trial:
            if not trial.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.02)
    msg = f"{process.args!r} does not listen on port {port} (exit code {process.poll()})"
    raise RuntimeError(msg)

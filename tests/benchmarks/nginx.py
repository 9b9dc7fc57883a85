"""Vendors to look at: Debian's nginx over TLS on loopback, with an RSA and an ECDSA certificate, and status pages."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.benchmarks.measuring import program
from tests.support.servers import free_ports

KEYS = {"RSA-2048": trustme.KeyType.RSA, "ECDSA P-256": trustme.KeyType.ECDSA}
PAGES = {"20 kB": 50, "200 kB": 520}
"""Status pages by their size, as their number of components. They are served below ``/20-kB`` and ``/200-kB``."""


@dataclass(frozen=True, slots=True)
class Nginx:
    """A server that runs: its *ports* by kind of key, and the file with the roots it is to be judged against."""

    ports: Mapping[str, list[int]]
    ca_file: Path


def statuspage(components: int) -> bytes:
    """The summary of a calm Statuspage with so many components, in the shape that pages have."""
    since = "2026-05-04T09:00:00.000Z"
    rows = [
        {
            "id": f"c{number:011d}", "name": f"Region {number % 24} service {number}", "status": "operational",
            "created_at": since, "updated_at": since, "position": number, "showcase": False, "start_date": "2020-02-02",
            "description": f"Everything that service {number} answers", "group_id": None, "page_id": "p00000000001",
            "group": False, "only_show_if_degraded": False,
        }
        for number in range(components)
    ]  # fmt: skip
    page = {
        "id": "p00000000001",
        "name": "Bench",
        "url": "https://status.bench.test",
        "time_zone": "Etc/UTC",
        "updated_at": since,
    }
    status = {"indicator": "none", "description": "All Systems Operational"}
    nothing: list[object] = []
    summary = {"page": page, "components": rows, "incidents": nothing, "scheduled_maintenances": nothing, "status": status}
    return json.dumps(summary).encode()


@contextmanager
def nginx(folder: Path, ports_of: Mapping[str, int]) -> Iterator[Nginx]:
    """A server with so many ports for each kind of key, stopped with its context. Raises `Absent`."""
    server = program("nginx", "nginx-light")
    every = iter(free_ports(sum(ports_of.values())))
    served = Nginx({key: [next(every) for _ in range(count)] for key, count in ports_of.items()}, folder / "ca.pem")
    config = _written(folder, served)
    with subprocess.Popen([server, "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(process, next(iter(served.ports.values()))[0])
            yield served
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    msg = f"nginx did not start (exit code {process.poll()})"
    raise RuntimeError(msg)


def _written(folder: Path, served: Nginx) -> Path:
    """The configuration, with all it names: keys, chains of leaf and intermediate, the roots, the pages."""
    served.ca_file.write_bytes(b"".join(_certify(folder, key) for key in served.ports))
    for size, components in PAGES.items():
        below = folder / "pages" / size.replace(" ", "-") / "api/v2"
        below.mkdir(parents=True)
        (below / "summary.json").write_bytes(statuspage(components))
        (below / "summary.json.gz").write_bytes(gzip.compress(statuspage(components)))
    servers = "".join(_server(folder, key, port) for key, ports in served.ports.items() for port in ports)
    user = "user root;" if os.geteuid() == 0 else ""
    places = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{ access_log off; default_type application/json; {places}\n"
        f"keepalive_timeout 120; keepalive_requests 1000000;\n{servers}}}\n"
    )
    return config


def _certify(folder: Path, key: str) -> bytes:
    """Write key and chain of a kind of *key*, and return the root."""
    root = trustme.CA(key_type=KEYS[key])
    leaf = root.create_child_ca(key_type=KEYS[key]).issue_cert("localhost", "127.0.0.1", key_type=KEYS[key])
    leaf.private_key_pem.write_to_path(folder / f"{KEYS[key].name}.key")
    (folder / f"{KEYS[key].name}.pem").write_bytes(b"".join(each.bytes() for each in leaf.cert_chain_pems))
    return root.cert_pem.bytes()


def _server(folder: Path, key: str, port: int) -> str:
    name = KEYS[key].name
    return (
        f"server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/{name}.pem;\n"
        f"ssl_certificate_key {folder}/{name}.key; ssl_protocols TLSv1.2 TLSv1.3; root {folder}/pages;\n"
        "gzip_static on; add_header Cache-Control no-store;\n"
        'location / { return 200 \'{"status": "ok", "version": "5.2.1"}\'; } location ~ ^/[0-9]+-kB/ { } }\n'
    )

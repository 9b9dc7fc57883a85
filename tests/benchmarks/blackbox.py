"""What others use: Debian's prometheus-blackbox-exporter, asked as Prometheus asks it, over kept connections."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from threading import local
from urllib.parse import urlencode

from tests.benchmarks.measuring import cpu_seconds, program
from tests.support.servers import free_ports

MODULES = """\
modules:
  verified: {prober: http, http: {preferred_ip_protocol: ip4, headers: {Accept-Encoding: identity}}}
  unverified: {prober: http, http: {preferred_ip_protocol: ip4, tls_config: {insecure_skip_verify: true}}}
  page: {prober: http, http: {preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: ['"indicator": "none"']}}
  handshake: {prober: tcp, tcp: {preferred_ip_protocol: ip4, tls: true}}
"""


class Blackbox:
    """An exporter that runs."""

    def __init__(self, pid: int, port: int) -> None:
        self._port = port
        self._local = local()
        self.cpu = partial(cpu_seconds, pid)

    def probe(self, module: str, url: str) -> None:
        """Have *url* probed; raises `AssertionError` when the probe does not succeed. For any thread."""
        query = urlencode({"module": module, "target": url})
        connection: HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = HTTPConnection("127.0.0.1", self._port)
        connection.request("GET", f"/probe?{query}")
        told = connection.getresponse().read()
        assert b"\nprobe_success 1\n" in told, f"{module} {url}: {told[-2000:].decode()}"

    def version(self) -> str:
        """What it calls itself."""
        connection = HTTPConnection("127.0.0.1", self._port)
        connection.request("GET", "/metrics")
        told = connection.getresponse().read().decode()
        connection.close()
        return told.partition("blackbox_exporter_build_info{")[2].partition('version="')[2].partition('"')[0]


@contextmanager
def blackbox(folder: Path, ca_file: Path) -> Iterator[Blackbox]:
    """An exporter whose system roots are those in *ca_file*, stopped with its context. Raises `Absent`."""
    path = program("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
    config, (port,) = folder / "blackbox.yml", free_ports(1)
    config.write_text(MODULES)
    flags = [f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    environment = {**os.environ, "SSL_CERT_FILE": str(ca_file)}
    with subprocess.Popen([path, *flags], env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            exporter = Blackbox(process.pid, port)
            _wait_for(exporter)
            yield exporter
        finally:
            process.terminate()


def _wait_for(exporter: Blackbox) -> None:
    for _ in range(100):
        try:
            exporter.version()
        except OSError:
            time.sleep(0.05)
        else:
            return
    msg = "prometheus-blackbox-exporter did not start"
    raise RuntimeError(msg)

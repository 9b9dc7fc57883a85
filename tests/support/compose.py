"""The compose file as it is shipped: what it says, and what of it could not work or would let somebody in.

`faults` knows what no schema does: that a path that is mounted is there, that an address is that of a service, that nobody
writes or listens where nobody should.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from tests.support.programs import END_SECONDS

GRAFANA = Path(__file__).parents[2] / "grafana"
FILE = GRAFANA / "docker-compose.yml"

Service = Mapping[str, Any]
Document = Mapping[str, Any]

PORTS = {"vendorwatch": 9877, "prometheus": 9090, "alertmanager": 9093, "grafana": 3000}
"""Where each of them listens, by its documentation."""
DATA = {
    "vendorwatch": "/var/lib/vendorwatch",
    "prometheus": "/prometheus",
    "alertmanager": "/alertmanager",
    "grafana": "/var/lib/grafana",
}
"""Where each of them keeps what it writes: for vendorwatch by our Dockerfile, for the others by theirs or their command."""
USERS = {"vendorwatch": "10001:10001", "prometheus": "65534:65534", "alertmanager": "65534:65534", "grafana": "472:0"}
"""Whose a new volume is: each gets the owner of the folder of that name in its image."""
HEALTH = {"vendorwatch": "/-/healthy", "prometheus": "/-/ready", "alertmanager": "/-/ready", "grafana": "/api/health"}
"""Which page says that each is well, by its documentation."""
SCRATCH = {"vendorwatch", "grafana"}
"""Who writes to ``/tmp``: SQLite what it sorts, Grafana what it is sent."""
_PINNED = re.compile(r"[a-z/]+:v?\d+\.\d+\.\d+")
_ADDRESS = re.compile(r"\bhttps?://[^\s'\"]+")


def shipped() -> dict[str, Any]:
    """The file, its anchors resolved; a new one each time, to be changed as one likes."""
    document: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return document


@dataclass(frozen=True, slots=True)
class Mount:
    """What a container sees at *target*: a folder or file of the checkout, or a volume."""

    source: str
    target: str
    is_read_only: bool

    @property
    def is_volume(self) -> bool:
        """Whether it is a volume, which the container may write to."""
        return not self.source.startswith(".")

    @property
    def path(self) -> Path:
        """Where it is in the checkout, when it is no volume."""
        return (GRAFANA / self.source).resolve()


def mounts(service: Service) -> list[Mount]:
    """Of a service, in their order."""
    return [_mount(text) for text in service.get("volumes", ())]


def _mount(text: str) -> Mount:
    source, target, *mode = text.split(":")
    return Mount(source, target, mode == ["ro"])


def seen(service: Service, path: str) -> Path | None:
    """What of the checkout is at *path* in a service's container; None where nothing is."""
    below = [mount for mount in mounts(service) if not mount.is_volume and Path(path).is_relative_to(mount.target)]
    if not below:
        return None
    nearest = max(below, key=lambda mount: len(mount.target))
    found = nearest.path / Path(path).relative_to(nearest.target)
    return found if found.exists() else None


def faults(document: Document) -> list[str]:
    """All that is wrong with it, one sentence each."""
    services = document["services"]
    each = [fault for name, service in services.items() for fault in _of_service(name, service, services)]
    return [*each, *_of_volumes(document)]


def _of_service(name: str, service: Service, services: Mapping[str, Service]) -> Iterator[str]:
    own = (*_image(service), *_rights(service), *_ports(name, service), *_files(service), *_calls(service, services))
    for fault in (*own, *_writes(name, service), *_health(name, service), *_end(service)):
        yield f"{name}: {fault}"


def _image(service: Service) -> Iterator[str]:
    if "build" in service:
        context = GRAFANA / service["build"]["context"]
        if not (context / service["build"]["dockerfile"]).is_file():
            yield "the Dockerfile is not there"
    elif not _PINNED.fullmatch(service["image"]):
        yield f"{service['image']} is no exact version"


def _rights(service: Service) -> Iterator[str]:
    user = str(service.get("user", "0")).partition(":")[0]
    if not user.isdecimal() or int(user) == 0:
        yield "runs as root, or as nobody knows whom"
    if not service.get("read_only") or service.get("privileged"):
        yield "may write to its image"
    if service.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in service.get("security_opt", ()):
        yield "may come by more rights"
    for key, text in service.get("environment", {}).items():
        if re.search("PASSWORD|SECRET|TOKEN", key) and not re.fullmatch(r"\$\{\w+:\?[^}]+\}", text):
            yield f"{key} is told to everybody, or may be missing"


def _ports(name: str, service: Service) -> Iterator[str]:
    for port in service.get("ports", ()):
        if port != f"127.0.0.1:{PORTS[name]}:{PORTS[name]}":
            yield f"{port} is not its port on loopback"


def _files(service: Service) -> Iterator[str]:
    for mount in mounts(service):
        if not mount.is_volume and not mount.path.exists():
            yield f"{mount.source} is not there"
        if not mount.is_volume and not mount.is_read_only:
            yield f"may write to {mount.source}"
    named = [*service.get("command", ()), *service.get("environment", {}).values()]
    for path in re.findall(r"(?:^|=)(/etc/\S+)", "\n".join(named), re.MULTILINE):
        if not seen(service, path):
            yield f"{path} is not mounted"


def _writes(name: str, service: Service) -> Iterator[str]:
    for mount in mounts(service):
        if mount.is_volume and mount.target != DATA[name]:
            yield f"{mount.target} is not where it writes"
    if name in SCRATCH and "/tmp" not in service.get("tmpfs", ()):  # noqa: S108 - in a container
        yield "has no /tmp to write to"
    if service.get("user") != USERS[name]:
        yield "is not the user that owns its volume"


def _health(name: str, service: Service) -> Iterator[str]:
    command = " ".join(service.get("healthcheck", {}).get("test", ()))
    if f"http://127.0.0.1:{PORTS[name]}{HEALTH[name]}" not in re.split(r"[\s']", command):
        yield "does not ask itself how it is"
    if not command.startswith("CMD wget -Y off ") and "ProxyHandler({})" not in command:
        yield "asks a proxy how it is"


def _end(service: Service) -> Iterator[str]:
    if "build" not in service:
        return
    if not service.get("init"):
        yield "may miss that it shall end"
    if int(service.get("stop_grace_period", "10s").removesuffix("s")) <= END_SECONDS:
        yield "may be killed before it ends"


def _calls(service: Service, services: Mapping[str, Service]) -> Iterator[str]:
    for text in service.get("environment", {}).values():
        for address in _ADDRESS.findall(text):
            where = urlsplit(address.rstrip("}"))
            if where.hostname != "localhost" and (where.hostname not in services or where.port != PORTS[where.hostname]):
                yield f"{address} is nobody's"
    asked = set(re.findall(r"http://([a-z]+):", " ".join(service.get("environment", {}).values()))) & set(services)
    if asked - set(service.get("environment", {}).get("NO_PROXY", "").split(",")):
        yield "asks its neighbours by a proxy"
    for other, wanted in service.get("depends_on", {}).items():
        if wanted["condition"] == "service_healthy" and "healthcheck" not in services.get(other, {}):
            yield f"waits for the health of {other}, which has none"


def _of_volumes(document: Document) -> Iterator[str]:
    used = {mount.source for service in document["services"].values() for mount in mounts(service) if mount.is_volume}
    for name in sorted(used ^ set(document.get("volumes", ()))):
        yield f"the volume {name} is declared and not used, or used and not declared"

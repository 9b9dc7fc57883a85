"""By which names the daemon of the compose file is called, and that it answers to them and to no other."""

from __future__ import annotations

import re
from email.message import Message
from ipaddress import ip_address

import yaml

from checks.values import Address
from monitor.web.door import Door
from tests.support.compose import GRAFANA
from tests.support.contained import entry


def test_prometheus_calls_the_daemon_by_a_name_that_it_answers_to_and_no_web_site_has() -> None:
    """It listens on every address, and its port is published on loopback, where a web site may lead a browser to."""
    where = Address.parse(next(word for word in entry() if re.fullmatch(r"[0-9.]+:\d+", word)))
    door = Door(where, ip_address(where.host), None)
    scraped = yaml.safe_load((GRAFANA / "compose/prometheus.yml").read_text())["scrape_configs"][0]["static_configs"]
    names = [name for each in scraped for name in each["targets"]]
    found = {
        host: door.refusal(_named(host)) is None for host in (*names, "localhost:9877", "127.0.0.1:9877", "evil.test:9877")
    }
    assert found == {"vendorwatch:9877": True, "localhost:9877": True, "127.0.0.1:9877": True, "evil.test:9877": False}


def _named(host: str) -> Message:
    message = Message()
    message["Host"] = host
    return message

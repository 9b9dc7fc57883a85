"""A folder of files as one catalogue: whole, or one error with all that is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import time
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from checks.check import all_checks
from monitor.catalogue import Catalogue, absolute_database, fingerprint, load, schemas
from monitor.loading.problem import ConfigError
from monitor.settings import Settings
from monitor.store.sql import open_store
from tests.support.servers import ca_file

ROOT = Path(__file__).parents[2]
BAD = ROOT / "tests" / "bad"
SHIPPED = ROOT / "config"


def write(directory: Path, **files: str) -> Path:
    """A config folder: ``monitor`` is monitor.yaml, any other name a vendor."""
    config = directory / "config"
    (config / "vendors").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        file = config / "monitor.yaml" if name == "monitor" else config / "vendors" / f"{name}.yaml"
        file.write_text(text)
    return config


def problems_of(config: Path) -> list[str]:
    with pytest.raises(ConfigError) as error:
        load(config)
    return str(error.value).splitlines()


@pytest.mark.parametrize("bad", sorted(BAD.glob("*/*.yaml")), ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_bad_file_gets_exactly_its_messages(bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = write(tmp_path)
    shutil.copy(bad, config / ("monitor.yaml" if bad.parent.name == "monitor" else "vendors/acme.yaml"))
    expected = bad.with_suffix(".txt").read_text().splitlines()
    assert problems_of(Path("config")) == expected
    assert not any("hunter2" in line for line in expected)


def test_every_expected_text_has_its_bad_file() -> None:
    assert {file.with_suffix("") for file in BAD.rglob("*.txt")} == {file.with_suffix("") for file in BAD.rglob("*.yaml")}


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = write(tmp_path, monitor="listen: here\n", acme="nam: Acme\n", beta="name: [\n", good="name: Good\n")
    assert problems_of(Path("config")) == problems_of(config)
    assert [line.split(": ")[0] for line in problems_of(config)] == [
        "config/monitor.yaml:1",
        "config/vendors/acme.yaml:1",
        "config/vendors/acme.yaml:1",
        "config/vendors/beta.yaml:1",
    ]


def test_names_of_files_are_slugs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    named = "name: Acme\n"
    config = write(tmp_path, acme=named, Beta=named, **{"-c": named, "d_e": named})
    (config / "vendors/gamma.yml").write_text(named)
    for name in (".acme.yaml.swp", ".#acme.yaml", "acme.yaml~", "#acme.yaml#", "README.md", "..data"):
        (config / "vendors" / name).write_text("no: vendor")
    (config / "vendors" / "delta.yaml").mkdir()
    slug = "the name becomes the label vendor: rename it to lower-case letters, digits and dashes, like github.yaml"
    assert problems_of(config) == [
        f"config/vendors/-c.yaml: {slug}",
        f"config/vendors/Beta.yaml: {slug}",
        "config/vendors/README.md: only vendors' files belong here, like github.yaml: move it elsewhere",
        f"config/vendors/d_e.yaml: {slug}",
        "config/vendors/delta.yaml: is not a file",
        "config/vendors/gamma.yml: vendors' files end in .yaml: rename it to gamma.yaml",
    ]


def test_a_name_that_is_no_slug_hides_no_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = write(tmp_path, **{"Bad Name": "name: A\nstatus: {url: https://status.acme.test, platform: statuspag}\n"})
    (config / "vendors/acme.yml").write_text("nam: Acme\n")
    assert [line.partition(" (")[0].partition(": rename it to lower-case")[0] for line in problems_of(config)] == [
        "config/vendors/Bad Name.yaml: the name becomes the label vendor",
        "config/vendors/Bad Name.yaml:2: status.platform: there is no reader of that name",
        "config/vendors/acme.yml: vendors' files end in .yaml: rename it to acme.yaml",
        "config/vendors/acme.yml:1: nam: unknown key",
        "config/vendors/acme.yml:1: name: is missing",
    ]


def test_vendors_stand_in_the_order_of_slugs(tmp_path: Path) -> None:
    catalogue = load(write(tmp_path, b="name: A", a="name: C", **{"a-1": "name: B"}))
    assert [vendor.slug for vendor in catalogue.vendors] == ["a", "a-1", "b"]
    assert [vendor.name for vendor in catalogue.vendors] == ["C", "B", "A"]


def test_a_folder_without_vendors_is_an_empty_catalogue(tmp_path: Path) -> None:
    catalogue = load(write(tmp_path))
    assert (catalogue.vendors, catalogue.targets, catalogue.files) == ((), (), ())
    (tmp_path / "config/vendors").rmdir()
    (tmp_path / "config/monitor.yaml").touch()
    assert load(tmp_path / "config").vendors == ()


def test_a_folder_without_configuration_is_told(tmp_path: Path) -> None:
    missing = "there is no configuration that can be read here: neither monitor.yaml nor a folder vendors"
    for directory in (tmp_path, tmp_path / "none"):
        assert problems_of(directory) == [f"{directory}: {missing}"]


def test_vendors_that_are_no_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "vendors").touch()
    assert problems_of(tmp_path) == [f"{tmp_path / 'vendors'}: cannot be read: Not a directory"]


ACME = """
name: Acme
status: {url: https://status.acme.test, platform: statuspage}
endpoints:
  - {url: https://api.acme.test/a, every: 20s}
  - {url: https://api.acme.test/b}
"""


def timing(catalogue: Catalogue, key: str) -> tuple[float, float]:
    (target,) = (target for target in catalogue.targets if target.key == key)
    return target.every, target.deadline


def test_an_interval_is_the_files_then_the_settings_then_the_checks(tmp_path: Path) -> None:
    endpoint = all_checks()["endpoint"]
    catalogue = load(write(tmp_path, acme=ACME))
    assert timing(catalogue, "acme/endpoint/api.acme.test/a") == (20, endpoint.deadline)
    assert timing(catalogue, "acme/endpoint/api.acme.test/b") == (endpoint.every, endpoint.deadline)
    catalogue = load(write(tmp_path, monitor="checks: {endpoint: {every: 2m, deadline: 7s}}"))
    assert timing(catalogue, "acme/endpoint/api.acme.test/a") == (20, 7)
    assert timing(catalogue, "acme/endpoint/api.acme.test/b") == (120, 7)


def test_a_default_deadline_gives_way_to_a_short_interval(tmp_path: Path) -> None:
    catalogue = load(write(tmp_path, acme="name: A\nendpoints: [{url: https://a.test/, every: 5s}]"))
    assert timing(catalogue, "acme/endpoint/a.test") == (5, 4)


def test_a_written_deadline_that_a_target_cannot_keep_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, acme=ACME, monitor="checks:\n  endpoint:\n    deadline: 20s\n")
    place = "config/monitor.yaml:3: checks.endpoint.deadline"
    shortest = "acme/endpoint/api.acme.test/a is 20s"
    assert problems_of(Path("config")) == [f"{place}: must be shorter than the interval, and that of {shortest}"]


def test_every_target_ends_before_its_next_probe() -> None:
    for target in load(SHIPPED).targets:
        assert 0 < target.deadline < target.every


def test_a_page_of_our_own_may_be_read_as_often_as_we_like(tmp_path: Path) -> None:
    acme = 'name: A\nstatus: {url: "https://10.1.2.3", platform: statuspage, every: 1s}'
    assert len(problems_of(write(tmp_path, acme=acme, monitor="network: {allow: [10.2.0.0/16]}"))) == 1
    catalogue = load(write(tmp_path, monitor="network: {allow: [10.1.0.0/16]}"))
    assert timing(catalogue, "acme/status/page") == (1, 0.8)
    assert len(problems_of(write(tmp_path, acme=acme.replace("10.1.2.3", "localhost")))) == 1


@pytest.mark.parametrize("monitor", ["network: {allow: [10.1.0.0/16, ten]}", "network: {allow: 10.1.0.0/16}", "network: ["])
def test_a_page_that_may_be_ours_is_not_told_to_be_read_too_often(tmp_path: Path, monitor: str) -> None:
    acme = 'name: A\nstatus: {url: "https://10.1.2.3", platform: statuspage, every: 1s}'
    (told,) = problems_of(write(tmp_path, acme=acme, monitor=monitor))
    assert "monitor.yaml" in told
    write(tmp_path, acme=acme.replace("10.1.2.3", "status.acme.test"))
    assert "is too often" in problems_of(tmp_path / "config")[1]
    (told,) = problems_of(write(tmp_path, acme=acme.replace("https:", ""), monitor="network: {allow: [10.1.0.0/16]}"))
    assert "status.url" in told


def test_a_mistake_elsewhere_in_a_file_hides_no_late_deadline(tmp_path: Path) -> None:
    acme = ACME.replace("name: Acme", "tls: [acme]")
    problems = problems_of(write(tmp_path, acme=acme, monitor="confirm: {fall: 0}\nchecks: {endpoint: {deadline: 20s}}"))
    assert [problem.split(": ")[1] for problem in problems] == [
        "confirm.fall",
        "checks.endpoint.deadline",
        "name",
        "tls[0]",
    ]


def test_what_stands_in_for_an_unreadable_value_is_never_told_of(tmp_path: Path) -> None:
    acme = "name: A\nendpoints: [{url: a}, {url: b}, {url: 'https://api.example.com/health'}]\ntls: [a, b]"
    assert [problem.split(": ")[1] for problem in problems_of(write(tmp_path, acme=acme))] == [
        "endpoints[0].url",
        "endpoints[1].url",
        "tls[0]",
        "tls[1]",
    ]


def test_paths_start_where_they_are_documented_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = write(tmp_path, monitor="network: {ca_file: roots.pem}")
    ca_file(tmp_path / "config").rename(config / "roots.pem")
    settings = load(Path("config")).settings
    assert settings.network.ca_file == config / "roots.pem"
    assert settings.database == f"sqlite:///{tmp_path}/vendorwatch.db"


BROKEN_PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "no certificate in PEM form"),
        ("root:x:0:0:root:/root:/bin/sh\n", "no certificate in PEM form"),
        (BROKEN_PEM, "of 2 certificates that begin in it 1 cannot be read to the end"),
        (BROKEN_PEM[32:], "trusted root 1: "),
        (BROKEN_PEM[32:].replace("AAAA", "AAAAA"), "trusted root 1 is not Base64: "),
    ],
)
def test_roots_that_cannot_be_trusted_are_told_at_once(tmp_path: Path, content: str, problem: str) -> None:
    config = write(tmp_path, monitor="network:\n  ca_file: roots.pem\n")
    (config / "roots.pem").write_text(content)
    (told,) = problems_of(config)
    assert told.startswith(
        f"{config}/monitor.yaml:2: network.ca_file: {config}/roots.pem holds no roots to trust: {problem}"
    )
    assert told.endswith("give a PEM bundle, or leave it out for the shipped roots")


UNREADABLE = Path("/proc/self/mem")
"""A file, and one that even root cannot read from its beginning."""


@pytest.mark.skipif(not UNREADABLE.is_file(), reason="this system has no /proc")
def test_roots_that_cannot_be_read_are_told_at_once(tmp_path: Path) -> None:
    config = write(tmp_path, monitor=f"network: {{ca_file: {UNREADABLE}}}\n")
    (told,) = problems_of(config)
    assert told == f"{config}/monitor.yaml:1: network.ca_file: {UNREADABLE} cannot be read: Input/output error"


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("sqlite:///a.db", "sqlite:////srv/a.db"),
        ("sqlite:///data/a.db?timeout=5", "sqlite:////srv/data/a.db?timeout=5"),
        ("sqlite+pysqlite:///../a.db", "sqlite+pysqlite:////srv/../a.db"),
        ("sqlite:////var/a.db", "sqlite:////var/a.db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///", "sqlite:///"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:a.db?uri=true", "sqlite:///file:a.db?uri=true"),
        ("postgresql://me@db/vendorwatch", "postgresql://me@db/vendorwatch"),
    ],
)
def test_a_relative_database_starts_beside_the_config_folder(url: str, absolute: str) -> None:
    assert absolute_database(url, Path("/srv/config")) == absolute


@pytest.mark.parametrize("name", ["a?b", "a%3Fb", "a b#c", "é[x]'&password=1", "uri=true"])
def test_a_folder_may_be_called_as_it_likes(tmp_path: Path, name: str) -> None:
    config = write(tmp_path / name, monitor="database: sqlite:///here.db?timeout=5\n")
    open_store(load(config).settings.database).close()
    assert sorted(file.name for file in config.parent.iterdir()) == ["config", "here.db", "here.db.lock"]
    assert [*tmp_path.iterdir()] == [config.parent]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://x", "mysql:// is not known here: write it like sqlite:///vendorwatch.db, postgresql://"),
        ("postgresql+asyncpg://me@db/x", "postgresql+asyncpg:// is not known here: write it like"),
        ("vendorwatch.db", "is not a URL: write it like sqlite:///vendorwatch.db, postgresql://"),
        ("Hunter2, my password", "is not a URL: write it like"),
        ("sqlite:vendorwatch.db", "is not a URL: write it like"),
        ("sqlite://vendorwatch.db", "has two slashes where a file takes three: write it like sqlite:///vendorwatch.db"),
        ("sqlite://", "is in memory, which forgets: name a file, like sqlite:///vendorwatch.db"),
        ("sqlite:///:memory:?timeout=5", "is in memory, which forgets"),
        ("env:", "is not a URL: write it like"),
    ],
)
def test_a_database_that_no_store_can_be_is_a_mistake_with_its_place_and_cure(tmp_path: Path, url: str, told: str) -> None:
    config = write(tmp_path, monitor=f"listen: 127.0.0.1:9877\ndatabase: '{url}'\n")
    (problem,) = problems_of(config)
    assert problem.startswith(f"{config}/monitor.yaml:2: database: {told}")
    assert "unter2" not in problem


@pytest.mark.parametrize(
    "url",
    [
        "env:DATABASE_URL",
        "file:/run/secrets/database",
        "sqlite:////var/a.db",
        "sqlite+pysqlite:///a.db?timeout=5",
        "sqlite:///file:a.db?uri=true",
        "postgresql:///x?host=/run/postgresql",
        "postgres://me@db/x",
        "postgresql+psycopg://me@db:5433/x",
    ],
)
def test_a_database_is_not_opened_to_be_found_right(tmp_path: Path, url: str) -> None:
    assert load(write(tmp_path, monitor=f"database: '{url}'\n")).settings.database


def test_the_fingerprint_changes_with_any_file_and_with_nothing_else(tmp_path: Path) -> None:
    config = write(tmp_path, monitor="", acme="name: Acme")
    seen = [fingerprint(config)]
    assert seen[0] == load(config).fingerprint
    (config / "vendors/.acme.yaml.swp").touch()
    assert fingerprint(config) == seen[0]
    (config / "vendors/beta.yaml").write_text("name: Beta")
    seen.append(fingerprint(config))
    (config / "vendors/beta.yaml").write_text("name: BETA!")
    seen.append(fingerprint(config))
    os.utime(config / "monitor.yaml", ns=(0, 0))
    seen.append(fingerprint(config))
    (config / "vendors/acme.yaml").rename(config / "vendors/gamma.yaml")
    seen.append(fingerprint(config))
    (config / "vendors/beta.yaml").unlink()
    seen.append(fingerprint(config))
    (config / "vendors/gamma.yaml").unlink()
    (config / "vendors/gamma.yaml").symlink_to("nowhere")
    seen.append(fingerprint(config))
    assert len(set(seen)) == len(seen)


def test_the_files_are_those_that_were_read(tmp_path: Path) -> None:
    config = write(tmp_path, monitor="", b="name: B", a="name: A")
    assert load(config).files == (config / "monitor.yaml", config / "vendors/a.yaml", config / "vendors/b.yaml")


def test_the_committed_schemas_are_the_generated_ones() -> None:
    committed = {file.name: json.loads(file.read_text()) for file in (SHIPPED / "schemas").iterdir()}
    assert committed == schemas(), "run `vendorwatch schema` and commit what it writes"


def test_the_shipped_vendors_load() -> None:
    catalogue = load(SHIPPED)
    shipped = "atlassian cloudflare datadog docker github gitlab hubspot npm openai sendgrid stripe twilio"
    assert " ".join(vendor.slug for vendor in catalogue.vendors) == shipped
    for vendor in catalogue.vendors:
        assert vendor.owner
        assert vendor.status
        assert vendor.endpoints
        assert all(endpoint.expect.status for endpoint in vendor.endpoints), vendor.slug


def test_the_shipped_vendors_are_probed_politely() -> None:
    assert all(target.every >= 60 for target in load(SHIPPED).targets)


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("**/*.yaml")), ids=lambda file: file.name)
def test_each_shipped_file_names_its_schema_first(file: Path) -> None:
    first = file.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (file.parent / first.partition("=")[2]).is_file()


def paths_of(shape: type, prefix: str = "") -> set[str]:
    """Every key of *shape*, nested ones with their parents."""
    hints = get_type_hints(shape)
    paths = set()
    for one in fields(shape):
        paths.add(prefix + one.name)
        if is_dataclass(hints[one.name]) and hints[one.name].__module__ == shape.__module__:
            paths |= paths_of(hints[one.name], f"{prefix}{one.name}.")
    return paths


def test_the_shipped_monitor_yaml_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    shown = re.sub(r"(?m)^#(?! |$)", "", re.sub(r"(?m)^#(?= {2} *(?:- )?\w+:)", "", (SHIPPED / "monitor.yaml").read_text()))
    config = write(tmp_path, monitor=shown)
    ca_file(tmp_path / "config").rename(config / "roots.pem")
    settings, default = load(config).settings, Settings()
    assert settings.listen == default.listen
    assert (settings.concurrency, settings.confirm) == (default.concurrency, default.confirm)
    assert settings.canaries == default.canaries
    assert absolute_database(default.database, config) == settings.database
    written: dict[str, Any] = {name: (s.every, s.deadline) for name, s in settings.checks.items()}
    assert written == {name: (check.every, check.deadline) for name, check in all_checks().items()}
    keys = set(re.findall(r"(?m)^ *(\w+):", shown))
    assert {path.rpartition(".")[2] for path in paths_of(Settings)} <= keys


def test_the_shipped_monitor_yaml_changes_nothing() -> None:
    default = Settings()
    settings = load(SHIPPED).settings
    assert settings.checks == default.checks
    assert settings.network == default.network


@pytest.mark.slow
def test_five_hundred_vendors_load_in_less_than_two_seconds(tmp_path: Path) -> None:
    text = (SHIPPED / "vendors/github.yaml").read_text()
    config = write(tmp_path, **{f"vendor-{number}": text for number in range(500)})
    took = []
    for _ in range(5):
        began = time.process_time()
        assert len(load(config).vendors) == 500
        took.append(time.process_time() - began)
    assert statistics.median(took) < 2

"""What is looked at on demand, and whose failure it is."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from checks.check import all_checks
from checks.model import Finding, Observation, Reason, Severity, State, Unseen
from checks.network import Connection
from checks.values import Address, Url
from checks.vendor import Endpoint, TlsEntry, Vendor
from monitor.catalogue import Catalogue, nothing
from monitor.correlate import Sight
from monitor.looking import WITNESSES, judge_together, look
from monitor.ondemand import NothingToLookAt, choose, deepened, merged, names_address, vendor_at
from monitor.report import Look
from monitor.settings import Canaries, Canary, Settings
from monitor.targets import derived_targets
from tests.support.build import T0, targets, vendor
from tests.support.canaries import CanaryNetwork, canaries
from tests.support.network import FakeNetwork, answer
from tests.support.status import recording

SLUGS = ("acme", "bolt", "cloudy", "dart", "echo")
VENDORS = tuple(vendor(slug, url=f"https://api.{slug}.test/") for slug in SLUGS)
CATALOGUE: Catalogue = replace(
    nothing(),
    vendors=VENDORS,
    targets=tuple(targets(*VENDORS, check="endpoint")),
    settings=Settings(canaries=Canaries(ask=())),
)
GUARDED = replace(CATALOGUE, settings=Settings(canaries=canaries()))
"""The same with canaries."""
REFUSED = Unseen(Reason.REFUSED, "nobody listens")


def looked(network: CanaryNetwork, *names: str, catalogue: Catalogue = CATALOGUE) -> list[Look]:
    """The looks at what *names* mean, judged together, as the command does it."""

    async def run() -> list[Look]:
        chosen = choose(CATALOGUE, names, None)
        looks = await look(chosen, network, CATALOGUE.settings, lambda _: None)
        return await judge_together(looks, catalogue, network)

    return asyncio.run(run())


def network(*down: str) -> CanaryNetwork:
    """A network in which all vendors answer but those that are *down*."""
    return CanaryNetwork(
        {f"https://api.{slug}.test/": REFUSED if slug in down else answer(url=f"https://api.{slug}.test/") for slug in SLUGS}
    )


def test_no_name_means_everything() -> None:
    assert choose(CATALOGUE, [], None) == list(CATALOGUE.targets)


def test_a_name_is_a_vendor_a_target_or_the_beginning_of_one() -> None:
    keys = [target.key for target in choose(CATALOGUE, ["bolt", "acme/endpoint", "bolt/endpoint/api.bolt.test"], None)]
    assert keys == ["acme/endpoint/api.acme.test", "bolt/endpoint/api.bolt.test"]


def test_a_vendor_with_nothing_to_look_at_is_told_so() -> None:
    bare = vendor("bare", url=None)
    with pytest.raises(NothingToLookAt, match="bare has nothing to look at: give its file"):
        choose(replace(CATALOGUE, vendors=(bare,)), ["bare"], None)


def test_when_all_that_was_asked_for_fails_others_are_asked_whether_it_is_us() -> None:
    (one,) = looked(network("acme"), "acme")
    assert (one.sight, one.severity) == (Sight.CLEAR, Severity.CRITICAL)
    (one,) = looked(network(*SLUGS), "acme")
    assert (one.sight, one.severity) == (Sight.BLIND, Severity.UNKNOWN)


def test_witnesses_are_few_and_only_asked_in_need() -> None:
    quiet = network()
    looked(quiet, "acme")
    assert len(quiet.sent) == 1
    loud = network("acme")
    looked(loud, "acme")
    assert len(loud.sent) == 1 + WITNESSES


def test_the_canaries_tell_whether_it_is_us_and_nobody_else_is_looked_at() -> None:
    fine = network(*SLUGS)
    assert {each.severity for each in looked(fine, catalogue=GUARDED)} == {Severity.CRITICAL}, "all at once, and it is them"
    assert len(fine.sent) == len(SLUGS)
    cut = network()
    cut.is_cut = True
    (one,) = looked(cut, "acme", catalogue=GUARDED)
    assert (one.sight, one.severity) == (Sight.BLIND, Severity.UNKNOWN)


class Forbidding(CanaryNetwork):
    """A network whose guard lets nobody go to canaries."""

    async def reach(self, address: Address) -> Connection:
        raise Unseen(Reason.CONFIG, f"{address}: a documentation address")


def test_canaries_are_looked_at_only_in_need_and_where_they_say_nothing_others_are() -> None:
    quiet = network()
    looked(quiet, "acme", "bolt", catalogue=GUARDED)
    assert not quiet.begun
    asked = network("bolt")
    looked(asked, "acme", "bolt", catalogue=GUARDED)
    assert len(asked.begun) == 1
    only = Canaries(ask=(Canary(operator="ant", tcp=(Address("192.0.2.1", 53),)),))
    loud = Forbidding(network("acme").answers)
    (one,) = looked(loud, "acme", catalogue=replace(GUARDED, settings=Settings(canaries=only)))
    assert (one.sight, len(loud.sent)) == (Sight.CLEAR, 1 + WITNESSES)


def test_a_failure_of_names_is_not_the_vendors_where_no_canary_has_one() -> None:
    nameless = network()
    nameless.absent = {"dns"}
    nameless.answers["https://api.acme.test/"] = Unseen(Reason.DNS, "no such name")
    (one,) = looked(nameless, "acme", catalogue=GUARDED)
    assert (one.sight, one.severity) == (Sight.BLIND, Severity.UNKNOWN)


def test_what_needs_no_name_is_to_blame_where_no_canary_has_one() -> None:
    nameless = network("bolt")
    nameless.absent = {"dns"}
    nameless.answers["https://api.acme.test/"] = Unseen(Reason.DNS, "no such name")
    found = {each.target.vendor: each for each in looked(nameless, "acme", "bolt", "echo", catalogue=GUARDED)}
    assert {slug: each.severity for slug, each in found.items()} == {
        "acme": Severity.UNKNOWN,
        "bolt": Severity.CRITICAL,
        "echo": Severity.OK,
    }
    assert {slug for slug, each in found.items() if each.troubles} == {"acme"}


def test_a_certificate_is_not_the_vendors_where_those_of_canaries_are_no_good_either() -> None:
    async def seen(*absent: str) -> Look:
        forged = Finding("cert.untrusted", Severity.CRITICAL, "nobody knows the issuer")
        target = targets(VENDORS[0], check="certificate")[0]
        shown: Observation[Any] = Observation(key=target.key, at=T0, seconds=0.1, facts="a chain", findings=(forged,))
        found = Look(target=target, check=all_checks()["certificate"], observation=shown)
        (judged,) = await judge_together([found], GUARDED, CanaryNetwork(absent=set(absent)))
        return judged

    portal, bad = asyncio.run(seen("untrusted")), asyncio.run(seen())
    assert (portal.sight, portal.state, portal.severity) == (Sight.BLIND, State.UNKNOWN, Severity.UNKNOWN)
    assert (bad.sight, bad.state, bad.severity) == (Sight.CLEAR, State.DOWN, Severity.CRITICAL)


def test_what_fails_beside_what_can_be_seen_is_to_blame() -> None:
    severities = {each.target.vendor: each.severity for each in looked(network("bolt"), "acme", "bolt")}
    assert severities == {"acme": Severity.OK, "bolt": Severity.CRITICAL}


def test_what_was_seen_is_never_called_blind() -> None:
    looks = looked(network("bolt"), "acme", "bolt")
    assert {each.sight for each in looks} == {Sight.CLEAR}


def test_addresses_of_one_host_are_one_vendor_and_never_one_from_the_catalogue() -> None:
    async def strangers() -> list[Vendor]:
        words = ["https://api.x.test/a", "api.x.test:8443", "https://api.x.test/a", "acme:443"]
        return merged([await vendor_at(word, network()) for word in words])

    both, local = asyncio.run(strangers())
    assert (both.slug, len(both.endpoints), [str(address) for address in both.tls]) == ("api.x.test", 1, ["api.x.test:8443"])
    assert local.slug == "acme:443"


def test_a_page_that_was_asked_for_and_cannot_be_read_is_looked_at_all_the_same() -> None:
    found = asyncio.run(vendor_at("https://nowhere.test/", network(), "status"))
    assert found.status is not None
    assert asyncio.run(vendor_at("https://nowhere.test/", network())).status is None


@pytest.mark.parametrize(("word", "expected"), [("https://a.test", True), ("a.test:443", True), ("[::1]:443", True)])
def test_addresses_are_told_from_names(word: str, *, expected: bool) -> None:
    assert names_address(word) is expected
    assert not names_address("acme")
    assert not names_address("acme/certificate/api.acme.test:8443")


def test_an_address_is_an_endpoint_and_a_status_page_where_one_can_be_read() -> None:
    body = recording("statuspage/calm.json")
    page = FakeNetwork(
        {
            "https://status.acme.test": answer(
                b"<!doctype html><title>Status</title>", headers={"content-type": "text/html"}
            ),
            "https://status.acme.test/api/v2/summary.json": answer(body, headers={"content-type": "application/json"}),
        }
    )
    found = asyncio.run(vendor_at("https://status.acme.test", page))
    assert found.status is not None
    assert (found.slug, found.status.platform, found.endpoints) == ("status.acme.test", "statuspage", ())
    refusing = network("acme")
    assert asyncio.run(vendor_at("https://api.acme.test/", refusing)).status is None
    assert len(refusing.sent) == 1, "where nothing answers no other reader is tried"
    assert asyncio.run(vendor_at("api.acme.test:8443", network())).tls_entries[0].address.port == 8443
    assert found.status.url == Url("https://status.acme.test")


def test_a_deep_look_asks_more_where_there_is_more_to_ask_and_each_once() -> None:
    entry = TlsEntry(Address("mail.acme.test", 25), deep=True)
    acme = Vendor(
        slug="acme", name="Acme", endpoints=(Endpoint(url=Url("https://api.acme.test/"), headers={"x": "y"}),), tls=(entry,)
    )
    every = list(derived_targets(acme, all_checks(), Settings()))
    deep = deepened(every)
    assert len(deep) == len(every) - 1
    assert [each.settings.deep for each in deep if each.check == "tls"] == [True, True]
    assert [each.key for each in deep if each.check != "tls"] == [each.key for each in every if each.check != "tls"]


def test_a_deep_look_at_what_has_nothing_deep_is_refused() -> None:
    acme = Vendor(slug="acme", name="Acme", endpoints=(Endpoint(url=Url("https://api.acme.test/")),))
    shallow = [each for each in derived_targets(acme, all_checks(), Settings()) if each.check == "endpoint"]
    with pytest.raises(NothingToLookAt, match="--deep is for the check tls"):
        deepened(shallow)

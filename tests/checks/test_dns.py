"""What a zone says of a host, and whether its addresses agree: over networks that answer from tables."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.dns import CHECK
from checks.dns.looking import (
    MAX_ADDRESSES,
    MAX_ALIASES,
    MAX_LABELS,
    Facts,
    Issuing,
    Leaf,
    Settings,
    Shown,
    Web,
    observe,
)
from checks.dns.records import Caa, Service, read_caa, read_services
from checks.model import Failure, Finding, Reason, Severity, State, Unseen
from checks.network import Connection, Peer
from checks.plain import plain
from checks.values import Address, Day, Url
from checks.vendor import Endpoint, StartTls, TlsEntry, Vendor, Waiver
from monitor.network.dns.resolver import PATIENCE_SECONDS
from monitor.network.dns.servers import TRIES
from monitor.network.network import HANDSHAKE_SECONDS
from tests.support.certlab import GOOD, HOST, INTERMEDIATE, NOW, Issued, ders, server, shown
from tests.support.network import FakeNetwork

ADDRESS = Address(HOST, 443)
SETTINGS = Settings(ADDRESS)
ADDRESSES = ("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3")
RENEWED = server(INTERMEDIATE, starts=-1)
ISSUE = '0 issue "letsencrypt.org; validationmethods=dns-01"'
ECH = '1 . alpn="h2,h3" ipv4hint="192.0.2.1" ech="AAT+DQAA"'


def network(
    certificates: dict[str, Issued | Unseen] | None = None,
    caa: dict[str, Sequence[str] | Unseen] | None = None,
    https: dict[str, Sequence[str] | Unseen] | None = None,
    address: Address = ADDRESS,
    starttls: StartTls | None = None,
) -> FakeNetwork:
    """A network where *address* has one certificate or failure at each IP address, and a zone says what it says."""
    made = FakeNetwork()
    at = {"192.0.2.1": GOOD} if certificates is None else certificates
    if at:
        made.hosts[address.host] = tuple(at)
    for ip, issued in at.items():
        seen = issued if isinstance(issued, Unseen) else shown(ders(issued, INTERMEDIATE))
        made.connections[Peer(address, starttls, ip)] = seen
    for name, records in (caa or {}).items():
        made.zones[name, "CAA"] = records if isinstance(records, Unseen) else tuple(records)
    for name, records in (https or {}).items():
        made.zones[name, "HTTPS"] = records if isinstance(records, Unseen) else tuple(records)
    return made


def look(made: FakeNetwork, settings: Settings = SETTINGS) -> Facts:
    return asyncio.run(observe(settings, made))


def judged(made: FakeNetwork, settings: Settings = SETTINGS) -> dict[str, Finding]:
    return {finding.code: finding for finding in CHECK.judge(look(made, settings), settings, NOW, None)}


def messages(made: FakeNetwork) -> dict[str, str]:
    return {code: finding.message for code, finding in judged(made).items()}


def vendor(endpoints: Sequence[str] = (), tls: Sequence[Address | TlsEntry] = ()) -> Vendor:
    return Vendor(
        name="Acme", slug="acme", endpoints=tuple(Endpoint(url=Url.parse(url)) for url in endpoints), tls=tuple(tls)
    )


def test_each_host_with_a_name_is_one_target() -> None:
    entries = (
        TlsEntry(Address("mail.acme.test", 25), starttls=StartTls.SMTP),
        Address("mail.acme.test", 443),
        Address("192.0.2.1", 443),
        Address("2001:db8::1", 443),
    )
    derived = list(
        CHECK.derive(vendor(["https://api.acme.test/a", "https://api.acme.test:8443/b", "http://x.test/"], entries))
    )
    assert [(each.name, each.host) for each in derived] == [(name, name) for name in ("api.acme.test", "mail.acme.test")]
    assert derived[0].settings == Settings(Address("api.acme.test", 443))
    assert derived[1].settings == Settings(Address("mail.acme.test", 25), StartTls.SMTP)


def test_a_host_that_is_not_on_port_443_is_no_web_host() -> None:
    starts_plain = TlsEntry(Address("db.acme.test", 443), starttls=StartTls.POSTGRES)
    derived = CHECK.derive(vendor(["https://api.acme.test:8443/"], [starts_plain]))
    assert [each.settings.is_web for each in derived] == [False, False]


def test_waivers_of_all_ports_of_a_host_count() -> None:
    waivers = [
        Waiver(finding=code, reason="known", until=Day(2027, 1, 1)) for code in ("dns.caa", "cert.differs_by_address")
    ]
    entries = [
        TlsEntry(Address("acme.test", port), waive=(waiver,)) for port, waiver in zip((443, 8443), waivers, strict=True)
    ]
    (derived,) = CHECK.derive(vendor(tls=entries))
    assert set(derived.settings.waive) == set(waivers)


def test_a_host_with_one_certificate_everywhere_is_well() -> None:
    found = judged(network(dict.fromkeys(ADDRESSES[:3], GOOD)))
    assert found["dns.ok"].message == "the same certificate at all 3 addresses looked at"
    assert {finding.severity for finding in found.values()} == {Severity.OK}
    assert "cert.differs_by_address" not in found


def test_one_address_has_nothing_to_differ_from() -> None:
    assert messages(network())["dns.ok"] == "one address was looked at"


def test_another_certificate_at_another_address_is_told_with_both() -> None:
    made = network({"2001:db8::1": GOOD, "192.0.2.1": RENEWED, "192.0.2.2": GOOD})
    finding = judged(made)["cert.differs_by_address"]
    assert (finding.severity, finding.state) == (Severity.WARNING, State.UP)
    assert "show 2 different certificates: 2001:db8::1, 192.0.2.2 with one of Lab Intermediate until 20" in finding.message
    assert "; 192.0.2.1 with one of Lab Intermediate until 20" in finding.message
    assert "dns.ok" not in judged(made)


def test_four_addresses_are_looked_at_and_not_more() -> None:
    facts = look(network(dict.fromkeys(ADDRESSES, GOOD)))
    assert isinstance(facts.shown, tuple)
    assert [each.address for each in facts.shown] == list(ADDRESSES[:4])


def test_an_address_that_shows_nothing_is_told_and_takes_nothing_from_the_others() -> None:
    dead = Unseen(Reason.TIMEOUT, "no handshake within 8 s")
    found = messages(network({"2001:db8::1": dead, "192.0.2.1": GOOD}))
    assert found["dns.ok"] == "one address was looked at; 2001:db8::1 showed none: no handshake within 8 s"


def test_a_certificate_that_cannot_be_read_is_a_gap() -> None:
    made = network()
    made.connections[Peer(ADDRESS, None, "192.0.2.1")] = shown((b"\x30\x00",))
    assert (
        "no address showed a certificate; 192.0.2.1 showed none: the certificate cannot be read" in messages(made)["dns.ok"]
    )


def test_an_address_without_a_session_is_a_gap() -> None:
    made = network()
    made.connections[Peer(ADDRESS, None, "192.0.2.1")] = Connection(address="192.0.2.1", port=443, ip_family="ipv4")
    assert not look(made).certificates


def test_what_is_spoken_before_tls_is_spoken_at_each_address() -> None:
    mail = Address(HOST, 25)
    facts = look(network(address=mail, starttls=StartTls.SMTP), Settings(mail, StartTls.SMTP, is_web=False))
    assert len(facts.certificates) == 1
    assert facts.web is None


@pytest.mark.parametrize("name", ["api.eu.acme.test", "eu.acme.test", "acme.test", "test"])
def test_the_nearest_records_on_the_way_up_count(name: str) -> None:
    address = Address("api.eu.acme.test", 443)
    made = network(caa={"test": ['0 issue "root.test"'], name: [ISSUE]}, address=address)
    facts = look(made, Settings(address))
    assert facts.issuing == Issuing(name, (Caa("issue", "letsencrypt.org; validationmethods=dns-01"),))


def test_a_name_without_end_is_asked_about_from_below_and_what_was_not_asked_is_not_told() -> None:
    deep = ".".join(f"l{number}" for number in range(MAX_LABELS)) + "." + HOST
    address = Address(deep, 443)
    assert look(network(caa={deep: [ISSUE]}, address=address), Settings(address)).issuing == Issuing(deep, read_caa([ISSUE]))
    issuing = look(network(caa={HOST: [ISSUE]}, address=address), Settings(address)).issuing
    assert isinstance(issuing, Failure)
    assert issuing.detail == f"{deep}: of its 10 labels only 8 were asked about"


def test_everything_together_ends_before_the_deadline_however_slow_it_is() -> None:
    a_question = (TRIES + 0.2) * PATIENCE_SECONDS
    questions = MAX_LABELS + MAX_ALIASES + 1  # The last is for the addresses.
    assert questions * a_question + MAX_ADDRESSES * HANDSHAKE_SECONDS < CHECK.deadline


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ((), "any authority may issue certificates: there are no CAA records"),
        (('0 iodef "mailto:x@acme.test"',), f"any authority may issue certificates: those at {HOST} say nothing of it"),
        ((ISSUE, '128 ISSUE "Digicert.com"'), f"only digicert.com, letsencrypt.org may issue certificates (CAA at {HOST})"),
        (('0 issue ";"',), f"no authority may issue certificates (CAA at {HOST})"),
        ([f'0 issue "ca{number}.test"' for number in range(9)], "ca5.test and 3 more may issue"),
    ],
)
def test_who_may_issue_is_a_note_either_way(records: Sequence[str], told: str) -> None:
    finding = judged(network(caa={HOST: records}))["dns.caa"]
    assert finding.severity is Severity.OK
    assert told in finding.message


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ((), "there is no HTTPS record, so clients name the host in the clear"),
        ((ECH,), "the HTTPS record (h2, h3) has a key for ECH: clients can hide the host's name"),
        (
            ('1 . alpn="h3"', '2 . alpn="h2"'),
            "the HTTPS record (h3, h2) has no key for ECH, so clients name the host in the clear",
        ),
        (("1 .",), "the HTTPS record has no key for ECH, so clients name the host in the clear"),
        (("0 .",), "there is no HTTPS record"),
    ],
)
def test_whether_the_name_is_hidden_is_a_note_either_way(records: Sequence[str], told: str) -> None:
    finding = judged(network(https={HOST: records}))["dns.https_ech"]
    assert finding.severity is Severity.OK
    assert told in finding.message


def test_an_https_record_may_lead_elsewhere() -> None:
    facts = look(network(https={HOST: ["0 edge.cdn.test."], "edge.cdn.test": [ECH]}))
    assert facts.web == Web((Service(1, ".", ("h2", "h3"), ech=True),))


def test_https_records_that_lead_in_a_circle_are_left() -> None:
    facts = look(network(https={HOST: ["0 edge.cdn.test."], "edge.cdn.test": [f"0 {HOST}."]}))
    assert facts.web == Failure(Reason.DNS, f"the HTTPS records of {HOST} lead on and on")


DEAF = Unseen(Reason.RESOLVER, "192.0.2.53:53 did not answer")


def test_what_could_not_be_asked_is_told_beside_what_could() -> None:
    found = messages(network(caa={HOST: DEAF}, https={HOST: DEAF}))
    assert found["dns.caa"] == "CAA records could not be asked for: 192.0.2.53:53 did not answer"
    assert found["dns.https_ech"] == "the HTTPS record could not be asked for: 192.0.2.53:53 did not answer"
    assert found["dns.ok"] == "one address was looked at"


def test_a_host_whose_addresses_are_unknown_has_its_zone_all_the_same() -> None:
    found = messages(network({}, caa={HOST: [ISSUE]}))
    assert found["dns.ok"].startswith("which addresses the host has could not be seen: ")
    assert found["dns.caa"].startswith("only letsencrypt.org")


@pytest.mark.parametrize("certificates", [{}, {"192.0.2.1": Unseen(Reason.REFUSED, "nothing listens")}])
def test_there_is_nothing_to_judge_when_nothing_could_be_seen(certificates: dict[str, Issued | Unseen]) -> None:
    with pytest.raises(Unseen) as caught:
        look(network(certificates, caa={HOST: DEAF}, https={HOST: DEAF}))
    assert caught.value.failure == DEAF.failure


def test_a_waiver_makes_a_note_of_the_finding() -> None:
    waiver = Waiver(finding="cert.differs_by_address", reason="blue and green", until=Day(2026, 12, 1))
    made = network({"192.0.2.1": GOOD, "192.0.2.2": RENEWED})
    finding = judged(made, Settings(ADDRESS, waive=(waiver,)))["cert.differs_by_address"]
    assert (finding.severity, finding.implies) == (Severity.OK, None)
    assert "blue and green" in finding.message


def numbers(facts: Facts | None) -> dict[str, float]:
    return {sample.metric.name: sample.value for sample in CHECK.measure(facts, SETTINGS, NOW)}


def test_what_was_seen_is_in_numbers() -> None:
    made = network({"192.0.2.1": GOOD, "192.0.2.2": RENEWED}, caa={HOST: [ISSUE]}, https={HOST: [ECH]})
    assert set(numbers(look(made)).values()) == {1.0}
    assert set(numbers(look(network())).values()) == {0.0}
    assert set(numbers(look(made))) == {metric.name for metric in CHECK.metrics}


def test_what_was_not_seen_has_no_number() -> None:
    assert numbers(None) == {}
    assert set(numbers(look(network({}, caa={HOST: [ISSUE]}, https={HOST: DEAF})))) == {"vendor_dns_caa"}


def test_the_facts_can_be_stored() -> None:
    assert plain(look(network({"192.0.2.1": GOOD, "192.0.2.2": DEAF}, https={HOST: DEAF}, caa={HOST: [ISSUE]})))


def test_hostile_records_are_one_line() -> None:
    long = "x" * 5000
    assert read_caa([f'0 issue "a\u202e\nb{long}"', "nonsense", '0 is sue "x"', ""])[0].value.isprintable()
    (service,) = read_services([f'1 {"t" * 5000}. alpn="{",".join([long] * 50)}" key="\\"" ech=""', "x . ", "1"])
    assert len(service.target) <= 255
    assert len(service.alpn) == 8
    assert not service.ech


def test_a_quote_in_a_value_ends_nothing() -> None:
    assert read_services(['1 . key65000="a\\" ech=\\"b" alpn="h2"'])[0] == Service(1, ".", ("h2",), ech=False)


@given(st.lists(st.text(max_size=60) | st.from_regex(r'[01] (issue|\.) ?"?[a-z;= ]*"?', fullmatch=True), max_size=4))
def test_any_text_at_all_is_read(texts: list[str]) -> None:
    facts = Facts(Issuing(HOST, read_caa(texts)), Web(read_services(texts)), (Shown("192.0.2.1", Leaf("00", "CA", NOW)),))
    for finding in CHECK.judge(facts, SETTINGS, NOW, None):
        assert finding.message.isprintable()
        assert finding.severity is Severity.OK

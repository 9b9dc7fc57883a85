"""What staples and lists of revoked certificates say, and what it means at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from checks.certificate import CHECK, Facts, Settings, observe
from checks.certificate.change import Known
from checks.model import Finding, Reason, Severity, State, Unseen
from checks.network import Connection, Revocation
from checks.plain import plain
from checks.values import Address
from checks.x509 import Revoked, read
from tests.support.certextensions import MUST_STAPLE, listed_at
from tests.support.certlab import GOOD, HOST, INTERMEDIATE, NOW, STRANGER, Issued, ders, server, shown
from tests.support.certlooks import suffixes
from tests.support.network import FakeNetwork
from tests.support.revocation import OCSP_SIGNING, REVOKED, STOLEN, UNKNOWN, no_answer, responder, staple

DAY = timedelta(days=1)
FIRST, SECOND, THIRD = (f"http://crl.example/{number}.crl" for number in range(3))
SETTINGS = Settings(Address(HOST, 443))
LISTED = server(INTERMEDIATE, extra=[listed_at(FIRST, SECOND, THIRD)])
STRICT = server(INTERMEDIATE, extra=[MUST_STAPLE])


def stapling(answer: bytes, *chain: Issued) -> Connection:
    """What a server of *chain* shows that staples *answer*."""
    connection = shown(ders(*chain))
    assert connection.session
    return replace(connection, session=replace(connection.session, staple=answer))


def seen(connection: Connection, lists: dict[str, Revocation | Unseen] | None = None, leaf: Issued = LISTED) -> Facts:
    network = FakeNetwork(connections={SETTINGS.address: connection})
    network.lists = {(url, leaf.certificate.serial_number): found for url, found in (lists or {}).items()}
    return asyncio.run(observe(SETTINGS, network))


def judged(facts: Facts, at: datetime = NOW) -> list[Finding]:
    return list(CHECK.judge(facts, SETTINGS, at, None))


def listing(at: datetime | None, reason: str = "") -> Revocation:
    return Revocation(at=at, reason=reason, updated_at=NOW - DAY, next_update=NOW + DAY)


def test_a_good_staple_is_nothing_to_tell_and_stays_so_while_it_is_good() -> None:
    facts = seen(stapling(staple(starts=-1, days=4), GOOD, INTERMEDIATE))
    assert facts.staple is not None
    assert (facts.staple.known, facts.staple.fault) == (True, "")
    assert [suffixes(judged(facts, NOW + days * DAY)) for days in (-2, 0, 3, 4)] == [
        ["staple_bad"],
        ["ok"],
        ["ok"],
        ["staple_bad"],
    ]


def test_a_staple_that_says_revoked_takes_the_target_down_from_that_time_on() -> None:
    facts = seen(stapling(staple(status=REVOKED, starts=-2), GOOD, INTERMEDIATE))
    (finding,) = judged(facts)
    assert (finding.code, finding.severity, finding.state) == ("cert.revoked", Severity.CRITICAL, State.DOWN)
    assert finding.message == (
        "the certificate was revoked on 2026-11-20 12:00 UTC (keyCompromise), says the server's own staple"
    )
    assert suffixes(judged(facts, STOLEN - DAY / 2)) == ["ok"]
    assert suffixes(judged(facts, NOW + 20 * DAY)) == ["revoked"]


@pytest.mark.parametrize(
    "bad",
    [
        b"junk",
        no_answer(ocsp.OCSPResponseStatus.TRY_LATER),
        staple(status=UNKNOWN),
        staple(signer=STRANGER, attached=[STRANGER]),
        staple(about=server(INTERMEDIATE, starts=-20)),
        staple(starts=-9, days=4),
    ],
    ids=["junk", "try later", "unknown", "wrong signer", "for another", "stale"],
)
def test_a_staple_that_proves_nothing_is_somebodys_work_and_no_outage(bad: bytes) -> None:
    (finding,) = judged(seen(stapling(bad, GOOD, INTERMEDIATE)))
    assert (finding.code, finding.severity, finding.state) == ("cert.staple_bad", Severity.WARNING, State.UP)
    assert finding.message.startswith("the staple ")


def test_a_certificate_that_demands_a_staple_must_come_with_one() -> None:
    (finding,) = judged(seen(shown(ders(STRICT, INTERMEDIATE))))
    assert (finding.code, finding.severity, finding.state) == (
        "cert.must_staple_missing",
        Severity.WARNING,
        State.DEGRADED,
    )
    assert finding.transient
    assert suffixes(judged(seen(stapling(staple(about=STRICT), STRICT, INTERMEDIATE)))) == ["ok"]
    assert suffixes(judged(seen(stapling(b"junk", STRICT, INTERMEDIATE)))) == ["staple_bad"]


def test_the_list_of_the_issuer_is_believed_from_the_day_it_names() -> None:
    facts = seen(shown(ders(LISTED, INTERMEDIATE)), {FIRST: listing(NOW - DAY, "keyCompromise")})
    (finding,) = judged(facts)
    assert (finding.code, finding.severity, finding.state) == ("cert.revoked", Severity.CRITICAL, State.DOWN)
    assert finding.message == (
        "the certificate was revoked on 2026-11-20 12:00 UTC (keyCompromise), says the list of its issuer"
    )
    assert suffixes(judged(facts, NOW - 2 * DAY)) == ["ok"]


def test_a_list_without_the_certificate_is_nothing_to_tell() -> None:
    facts = seen(shown(ders(LISTED, INTERMEDIATE)), {FIRST: listing(None)})
    assert (facts.revocation, facts.revocation_gap) == (listing(None), "")
    assert suffixes(judged(facts)) == ["ok"]


def test_a_revocation_is_told_once_however_many_say_it() -> None:
    both = seen(
        stapling(staple(about=LISTED, status=REVOKED), LISTED, INTERMEDIATE), {FIRST: listing(NOW - DAY, "superseded")}
    )
    assert suffixes(judged(both)) == ["revoked"]


def test_a_good_staple_does_not_hide_what_the_list_says() -> None:
    replayed = stapling(staple(about=LISTED), LISTED, INTERMEDIATE)
    assert suffixes(judged(seen(replayed, {FIRST: listing(NOW - DAY)}))) == ["revoked"]


def test_the_next_place_is_asked_when_the_first_has_no_list_and_no_more_than_two() -> None:
    gone = Unseen(Reason.HTTP, f"{FIRST}: the answer was 404")
    found = seen(shown(ders(LISTED, INTERMEDIATE)), {FIRST: gone, SECOND: listing(None)})
    assert (found.revocation, found.revocation_gap) == (listing(None), "")
    given_up = seen(shown(ders(LISTED, INTERMEDIATE)), {FIRST: gone, THIRD: listing(NOW - DAY)})
    assert (given_up.revocation, given_up.revocation_gap) == (None, f"http: {FIRST}: the answer was 404")
    assert suffixes(judged(given_up)) == ["ok"]


def test_a_list_that_takes_too_long_is_the_last_that_is_asked() -> None:
    slow = Unseen(Reason.TIMEOUT, f"{FIRST}: not here yet")
    found = seen(shown(ders(LISTED, INTERMEDIATE)), {FIRST: slow, SECOND: listing(NOW - DAY)})
    assert (found.revocation, found.revocation_gap) == (None, f"timeout: {FIRST}: not here yet")


def told_in_turn(*looks: tuple[Connection, Revocation | Unseen]) -> list[list[str]]:
    """What each look tells, of a connection and of what the list says, that knows what the one before it left."""
    word, told = "", []
    for connection, said in looks:
        assert CHECK.recall
        assert CHECK.remember
        asked = CHECK.recall(SETTINGS, word)
        network = FakeNetwork(connections={SETTINGS.address: connection})
        network.lists = {(FIRST, one.certificate.serial_number): said for one in (LISTED, RENEWED)}
        facts = asyncio.run(observe(asked, network))
        word = CHECK.remember(facts)
        told.append(suffixes(list(CHECK.judge(facts, asked, NOW, None))))
    return told


GAP = Unseen(Reason.TIMEOUT, f"{FIRST}: not here yet")
RENEWED = server(INTERMEDIATE, starts=-1, extra=[listed_at(FIRST)])


def test_a_revocation_is_told_while_the_list_that_tells_it_cannot_be_had() -> None:
    here, revoked = shown(ders(LISTED, INTERMEDIATE)), listing(NOW - DAY, "keyCompromise")
    assert told_in_turn((here, revoked), (here, GAP), (here, GAP), (here, revoked)) == [["revoked"]] * 4
    replayed = stapling(staple(about=LISTED), LISTED, INTERMEDIATE)
    assert told_in_turn((here, revoked), (replayed, GAP)) == [["revoked"]] * 2


def test_the_list_takes_back_what_it_told_and_a_new_certificate_is_not_the_revoked_one() -> None:
    here, revoked = shown(ders(LISTED, INTERMEDIATE)), listing(NOW - DAY)
    assert told_in_turn((here, revoked), (here, listing(None)), (here, GAP)) == [["revoked"], ["ok"], ["ok"]]
    renewed = shown(ders(RENEWED, INTERMEDIATE))
    assert told_in_turn((here, revoked), (renewed, GAP)) == [["revoked"], ["ok", "changed"]]


def test_what_a_staple_told_is_not_forgotten_when_the_server_drops_it() -> None:
    by_issuer = stapling(staple(about=LISTED, status=REVOKED), LISTED, INTERMEDIATE)
    bare = shown(ders(LISTED, INTERMEDIATE))
    assert told_in_turn((by_issuer, GAP), (bare, GAP)) == [["revoked"], ["revoked"]]
    ended = responder("Delegate", INTERMEDIATE, OCSP_SIGNING, starts=-90, days=30)
    unfit = staple(about=LISTED, status=REVOKED, signer=ended, attached=[ended])
    assert told_in_turn((stapling(unfit, LISTED, INTERMEDIATE), GAP), (bare, GAP)) == [["staple_bad"], ["ok"]]


def test_a_revocation_that_is_remembered_says_so() -> None:
    known = Known.of(read(LISTED.der)).after(None, Revoked(STOLEN, "keyCompromise"), is_acquitted=False)
    facts = seen(shown(ders(LISTED, INTERMEDIATE)))
    (finding,) = judged(replace(facts, known=known))
    assert (
        finding.message == "the certificate was revoked on 2026-11-20 12:00 UTC (keyCompromise), as an earlier look was told"
    )
    assert Known.read(str(known)) == known


def test_a_chain_that_leads_nowhere_makes_nobody_call_where_it_says() -> None:
    private = server(STRANGER, extra=[listed_at(FIRST)])
    facts = seen(shown(ders(private, STRANGER)), {FIRST: listing(NOW - DAY)}, private)
    assert (facts.revocation, facts.revocation_gap) == (None, "")
    assert suffixes(judged(facts)) == ["untrusted_root"]


def test_a_staple_beside_a_refused_chain_is_read_with_what_was_sent() -> None:
    private = server(STRANGER)
    refused = seen(stapling(staple(about=private, by=STRANGER, status=REVOKED), private, STRANGER))
    assert suffixes(judged(refused)) == ["untrusted_root", "revoked"]


def test_a_staple_without_a_certificate_is_nothing() -> None:
    assert seen(stapling(staple())).staple is None
    connection = stapling(staple())
    assert suffixes(judged(seen(connection))) == ["unreadable"]


def test_evidence_is_kept_as_plain_values_without_bytes() -> None:
    facts = seen(stapling(staple(about=LISTED), LISTED, INTERMEDIATE), {FIRST: listing(NOW - DAY, "superseded")})
    kept = plain(facts)
    assert isinstance(kept, dict)
    assert kept["revocation"] == {
        "at": "2026-11-20T12:00:00Z",
        "reason": "superseded",
        "updated_at": "2026-11-20T12:00:00Z",
        "next_update": "2026-11-22T12:00:00Z",
    }
    assert staple(about=LISTED).hex()[:64] not in str(kept)


@given(junk=st.binary(max_size=60), place=st.integers(0, 300), is_cut=st.booleans())
def test_no_staple_is_too_strange_to_be_judged(*, junk: bytes, place: int, is_cut: bool) -> None:
    good = staple()
    strange = good[:place] + junk + good[place + (0 if is_cut else len(junk)) :]
    facts = seen(stapling(strange, GOOD, INTERMEDIATE))
    assert plain(facts)
    assert {finding.code for finding in judged(facts)} <= {"cert.ok", "cert.staple_bad", "cert.staple_unverified"}

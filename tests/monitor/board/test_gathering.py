"""The board says what the daemon holds: the worst first, word beside measurement, and nothing that harms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from checks.certificate.numbers import NOT_AFTER
from checks.check import all_checks
from checks.foreign import LONGEST_ADDRESS
from checks.model import Claim, Failure, Finding, Observation, Reason, Sample, Severity, State, Target
from checks.tls.numbers import GRADE
from checks.values import Url
from checks.vendor import StatusPage, Tier, Vendor
from monitor.board.cards import card_of, page_of, urgency
from monitor.board.gathering import Gathering, Present
from monitor.board.memory import Memory
from monitor.board.values import Card, CertificateLeft, Reading
from monitor.clock import Clock
from monitor.correlate import Disagreement
from monitor.outage import Outage
from monitor.snapshot import Entry, Snapshot
from monitor.standing import Standing, Work
from monitor.state import Held
from monitor.store.sql import open_store
from monitor.store.store import Aside, Consequences
from tests.support.compacting import present, stretch

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVIL = "<b>\n\x1b[2J\u202e" + "x" * 5_000


def vendor(slug: str = "acme", **more: Any) -> Vendor:
    return Vendor(slug=slug, **({"name": slug.title(), "owner": "sre"} | more))


def entry(key: str = "acme/endpoint/api", held: Held | None = None) -> Entry:
    slug, check, name = key.split("/", 2)
    target: Target[Any] = Target(vendor=slug, check=check, name=name, settings=None, every=60, deadline=5)
    return Entry(target=target, check=all_checks()[check], held=held or Held(State.UP, NOON - HOUR))


def looked(
    before: Entry, *findings: Finding, samples: Iterable[Sample] = (), failure: Failure | None = None, ago: timedelta = HOUR
) -> Entry:
    seen: Observation[Any] = Observation(
        key=before.target.key,
        at=NOON - ago,
        seconds=0.5,
        facts=None if failure else {},
        failure=failure,
        findings=findings,
        samples=tuple(samples),
    )
    return replace(before, latest=seen, good=before.good if failure else seen)


def standing(slug: str = "acme", state: State = State.UP, **more: Any) -> Standing:
    since = NOON - HOUR
    return replace(Standing(vendor=slug, state=state, since=since, measured=state, measured_since=since), **more)


def outage(slug: str = "acme", *, began: timedelta = HOUR, **more: Any) -> Outage:
    opened = NOON - began
    return Outage(vendor=slug, opened_at=opened, confirmed_at=opened, targets=(f"{slug}/endpoint/api",), cause="503", **more)


class Holding:
    """What a daemon holds, for a test to change."""

    def __init__(self, folder: Path, *vendors: Vendor) -> None:
        self.vendors = vendors
        self.entries: list[Entry] = []
        self.standings: Mapping[str, Standing] = {}
        self.has_begun, self.troubles = True, list[str]()
        self.store = open_store("sqlite:///store.db", folder)
        clock = Clock(now=lambda: NOON)
        self.gathering = Gathering(
            Present(self.snapshot, lambda: self.standings, lambda: False, lambda: self.has_begun, lambda: self.troubles),
            Memory(self.store, clock, 10),
            clock,
        )

    def snapshot(self) -> Snapshot:
        return Snapshot(self.vendors, {each.target.key: each for each in self.entries}, NOON)

    def close(self) -> None:
        self.store.close()


def certified(name: str, ends: datetime) -> Entry:
    samples = [Sample(NOT_AFTER, (ends + n * HOUR).timestamp(), {"position": p}) for n, p in enumerate(("chain", "leaf"))]
    return looked(entry(f"acme/certificate/{name}"), samples=samples)


def graded(name: str, grade: str) -> Entry:
    return looked(
        entry(f"acme/tls/{name}"), samples=[Sample(GRADE, float(each == grade), {"grade": each}) for each in "ABF"]
    )


def test_the_worst_come_first() -> None:
    chance, everyone = Random(1), list[Card]()  # noqa: S311 - a made-up order

    def card(slug: str, state: State = State.UP, tier: Tier = Tier.STANDARD, **more: Any) -> None:
        measured = more.pop("measured", True)
        entries = [looked(entry(f"{slug}/endpoint/api" if measured else f"{slug}/status/page"))]
        everyone.append(card_of(vendor(slug, tier=tier), standing(slug, state, **more), entries, None))

    apart: dict[str, Any] = {"apart": Disagreement.PROBE_OK_CLAIM_DOWN, "apart_since": NOON}
    card("down-critical", State.DOWN, Tier.CRITICAL)
    card("excused", State.MAINTENANCE, outage=outage("excused"))
    card("zeta-down", State.DOWN)
    card("down-low", State.DOWN, Tier.LOW)
    card("apart", State.UP, **apart)
    card("says-outage", State.UNKNOWN, measured=False, claim=Claim.MAJOR_OUTAGE)
    card("apart-low", State.UP, Tier.LOW, **apart)
    card("says-nothing", State.UNKNOWN, measured=False)
    card("unknown", State.UNKNOWN)
    card("degraded", State.DEGRADED)
    card("says-degraded", State.UNKNOWN, measured=False, claim=Claim.DEGRADED)
    card("worked-on", State.MAINTENANCE, works=frozenset({Work.OWN}))
    card("critical-up", State.UP, Tier.CRITICAL)
    card("a-calm-page", State.UNKNOWN, measured=False, claim=Claim.OPERATIONAL)
    card("up", State.UP)
    shuffled = chance.sample(everyone, len(everyone))
    names = [each.slug for each in sorted(shuffled, key=urgency)]
    expected = [each.slug for each in everyone]
    expected[12:] = ["critical-up", "a-calm-page", "up"]
    assert names == expected


def test_a_card_says_word_and_measurement_side_by_side_and_since_when() -> None:
    entries = [
        looked(entry(held=Held(State.UP, NOON - 3 * HOUR))),
        looked(entry("acme/endpoint/late", Held(State.DOWN, NOON - HOUR, "answers 500"))),
        looked(entry("acme/endpoint/first", Held(State.DOWN, NOON - 2 * HOUR, "answers 503"))),
    ]
    told = standing(
        state=State.DOWN,
        claim=Claim.OPERATIONAL,
        apart=Disagreement.PROBE_DOWN_CLAIM_OK,
        apart_since=NOON - HOUR / 2,
        outage=outage(),
        is_muted=True,
        is_flapping=True,
    )
    card = card_of(vendor(objective=99.9, tier=Tier.CRITICAL), told, entries, None)
    assert card == Card(
        slug="acme",
        name="Acme",
        team="sre",
        tier=Tier.CRITICAL,
        state=State.DOWN,
        since=NOON - HOUR,
        measured=State.DOWN,
        cause="answers 503",
        claim=Claim.OPERATIONAL,
        apart=Disagreement.PROBE_DOWN_CLAIM_OK,
        apart_since=NOON - HOUR / 2,
        outage=outage(),
        is_muted=True,
        is_flapping=True,
        objective=99.9,
    )
    in_grace = card_of(vendor(), replace(told, apart=None), entries, None)
    assert (in_grace.apart, in_grace.apart_since) == (None, None)


def test_a_vendor_that_nobody_looked_at_yet_is_unknown_since_no_time() -> None:
    fresh = entry(held=Held.initial(NOON))
    card = card_of(vendor(), standing(state=State.UNKNOWN), [fresh], None)
    assert (card.state, card.since, card.cause) == (State.UNKNOWN, None, "not probed yet")
    assert card_of(vendor(), None, [fresh], None).since is None
    assert card_of(vendor(), standing(state=State.UP), [fresh], None).since == NOON - HOUR, "it is known from before"


def test_the_certificate_is_the_one_that_ends_first_and_the_grade_the_worst() -> None:
    later, sooner = certified("a:443", NOON + 90 * HOUR), certified("b:443", NOON + 80 * HOUR)
    card = card_of(vendor(), None, [later, sooner, graded("a:443", "A"), graded("b:443", "F"), graded("c:443", "B")], None)
    assert card.certificate == CertificateLeft(target="acme/certificate/b:443", not_after=NOON + 80 * HOUR)
    assert card.grade == "F"
    unseen = looked(sooner, failure=Failure(Reason.TIMEOUT, "no answer"))
    assert card_of(vendor(), None, [unseen], None).certificate == card.certificate, "a date stays true"
    assert card_of(vendor(), None, [looked(entry())], None).certificate is None


def test_how_soon_a_certificate_ends_is_judged_as_its_check_did() -> None:
    """One that lives six days ends before the others all its life, and hides none of which the end is near for it."""
    brief, long = certified("a:443", NOON + 80 * HOUR), certified("b:443", NOON + 400 * HOUR)
    urged = Finding("cert.expiring", Severity.WARNING, "the certificate expires in 16 days", implies=State.UP)
    weak = Finding("cert.key_weak", Severity.CRITICAL, "RSA with 1024 bits")
    assert brief.good
    assert long.good
    found = card_of(vendor(), None, [brief, replace(long, good=replace(long.good, findings=(urged,)))], None).certificate
    assert found == CertificateLeft(target="acme/certificate/b:443", not_after=NOON + 400 * HOUR, severity=Severity.WARNING)
    other = card_of(vendor(), None, [replace(brief, good=replace(brief.good, findings=(weak,))), long], None).certificate
    assert other == CertificateLeft(target="acme/certificate/a:443", not_after=NOON + 80 * HOUR), "that is not of its end"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://status.example.com/", "https://status.example.com/"),
        ("http://status.example.com", "http://status.example.com"),
        ("javascript:alert(1)", ""),
        ("https://user:secret@status.example.com/", ""),
        ("https://status.example.com/\n", ""),
        ("https://status.example.com/" + "x" * LONGEST_ADDRESS, ""),
    ],
)
def test_a_link_leads_to_a_page_of_the_web_and_holds_no_secret(url: str, shown: str) -> None:
    assert page_of(vendor(status=StatusPage(url=Url(url)))) == shown
    assert page_of(vendor()) == ""


def test_targets_are_the_worst_first_and_say_what_was_seen_last(tmp_path: Path) -> None:
    warned = Finding("a.warning", Severity.WARNING, "it is late")
    broken = Finding("a.broken", Severity.CRITICAL, "it is broken")
    with closing(Holding(tmp_path, vendor())) as held:
        well = looked(entry(), Finding("a.ok", Severity.OK, "well"), warned, broken, ago=2 * HOUR)
        bad = looked(replace(well, held=Held(State.DOWN, NOON, "cut off")), failure=Failure(Reason.CONNECT, EVIL))
        page = entry("acme/status/page", Held.initial(NOON))
        held.entries = [page, replace(well, target=replace(well.target, name="b")), bad]
        board = held.gathering.vendor("acme")
    assert board
    down, unknown, up = board.targets
    assert (up.name, up.severity, up.failure, up.at) == ("b", Severity.CRITICAL, "", NOON - 2 * HOUR)
    assert [each.code for each in up.findings] == ["a.broken", "a.warning", "a.ok"]
    assert (down.cause, down.reason, down.at, down.good_at) == ("cut off", Reason.CONNECT, NOON - HOUR, NOON - 2 * HOUR)
    assert [each.code for each in down.findings] == ["a.broken", "a.warning", "a.ok"], "of the look that saw something"
    assert (unknown.claim, unknown.severity, unknown.at) == (Claim.UNKNOWN, None, None)
    assert (up.claim, up.every) == (None, 60)


def test_nothing_that_is_told_has_more_than_one_line(tmp_path: Path) -> None:
    finding = Finding(EVIL, Severity.WARNING, EVIL)
    bad = looked(looked(entry(held=Held(State.DOWN, NOON, EVIL)), finding), failure=Failure(Reason.TIMEOUT, EVIL))
    evil = replace(outage(), cause=EVIL, shared=EVIL, targets=(EVIL,))
    with closing(Holding(tmp_path, vendor(name=EVIL, owner=EVIL))) as held:
        held.entries = [replace(bad, target=replace(bad.target, name=EVIL))]
        held.standings = {"acme": standing(state=State.DOWN, outage=evil, past=replace(evil, opened_at=NOON - 9 * HOUR))}
        board = held.gathering.vendor("acme")
    assert board
    (target,) = board.targets
    outages = [board.card.outage, *board.outages]
    texts = [board.card.name, board.card.team, board.card.cause, target.key, target.name, target.cause, target.failure]
    texts += [text for each in outages if each for text in (each.cause, each.shared, *each.targets)]
    texts += [text for each in target.findings for text in (each.code, each.message)]
    assert len(texts) == 7 + 9 + 2
    assert all(text.isprintable() and 100 < len(text) <= 1_000 for text in texts)


def test_present_and_past_come_together(tmp_path: Path) -> None:
    old, late = outage(began=9 * HOUR, closed_at=NOON - 8 * HOUR), outage(began=5 * HOUR)
    with closing(Holding(tmp_path, vendor(), vendor("bolt"), vendor("calm"))) as held:
        held.entries = [looked(entry(f"{slug}/endpoint/api")) for slug in ("acme", "bolt", "calm")]
        held.store.write([present(NOON - 9 * HOUR, NOON), stretch("acme", NOON - 2 * HOUR, State.UP)])
        held.store.write([Aside(at=NOON, consequences=Consequences(outages=(old, late)))])
        ended = replace(late, closed_at=NOON - 4 * HOUR, claimed_at=NOON - 4 * HOUR)
        held.standings = {"acme": standing(state=State.DOWN, past=ended, outage=outage()), "bolt": standing("bolt")}
        board, acme = held.gathering.board(), held.gathering.vendor("acme")
    assert [card.slug for card in board.cards] == ["acme", "calm", "bolt"]
    assert board.counts == {State.UP: 1, State.MAINTENANCE: 0, State.DEGRADED: 0, State.UNKNOWN: 1, State.DOWN: 1}
    assert (board.made_at, board.reading, board.is_blind) == (NOON, Reading.DONE, False)
    assert acme
    assert acme.card == board.cards[0]
    assert acme.card.strip
    assert acme.card.strip.whole.up == 7_200
    assert acme.outages == (outage(), ended, old), "what the daemon holds is newer than what is stored"


def test_a_vendor_that_is_not_watched_has_no_page(tmp_path: Path) -> None:
    with closing(Holding(tmp_path, vendor(), vendor("bolt"))) as held:
        assert held.gathering.vendor("bolt")
        assert [held.gathering.vendor(slug) for slug in ("BOLT", "bolt ", "", "../bolt", "nobody")] == [None] * 5
        held.vendors = held.vendors[:1]
        assert held.gathering.vendor("bolt") is None
        assert [card.slug for card in held.gathering.board().cards] == ["acme"]


def test_about_a_vendor_that_is_not_watched_the_store_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Collection[str]] = []

    def recall(_: Memory, slugs: Collection[str]) -> tuple[None, Reading]:
        asked.append(slugs)
        return None, Reading.AWAITED

    monkeypatch.setattr(Memory, "recall", recall)
    with closing(Holding(tmp_path, vendor())) as held:
        assert [held.gathering.vendor(slug) is None for slug in ("nobody", "acme")] == [True, False]
    assert asked == [{"acme"}]


def test_without_vendors_there_is_a_board_too(tmp_path: Path) -> None:
    with closing(Holding(tmp_path)) as held:
        board = held.gathering.board()
    assert (board.cards, set(board.counts.values()), board.reading) == ((), {0}, Reading.DONE)


def test_before_it_knows_what_to_watch_the_board_says_that_it_starts(tmp_path: Path) -> None:
    holding = Holding(tmp_path)
    with closing(holding):
        holding.has_begun = False
        assert holding.gathering.board().is_starting
        holding.has_begun = True
        assert not holding.gathering.board().is_starting


def test_who_is_up_and_speaks_of_trouble_comes_before_the_others_that_are_up() -> None:
    def up(slug: str, claim: Claim) -> Card:
        return Card(slug=slug, name=slug, team="", tier=Tier.LOW, state=State.UP, since=NOON, claim=claim)

    calm, admitting = up("a", Claim.OPERATIONAL), up("b", Claim.DEGRADED)
    critical = replace(calm, slug="c", name="c", is_critical=True)
    assert sorted([calm, critical, admitting], key=urgency) == [admitting, critical, calm]


def test_what_is_critical_of_a_vendor_that_is_up_is_known() -> None:
    def found(severity: Severity = Severity.CRITICAL, **more: Any) -> bool:
        seen = looked(entry("acme/certificate/a:443", held=Held(State.UP, NOON)))
        assert seen.good
        finding = Finding("cert.expiring", severity, "the certificate expires in 2 days", implies=State.UP, **more)
        return card_of(vendor(), None, [replace(seen, good=replace(seen.good, findings=(finding,)))], None).is_critical

    assert found()
    assert not found(Severity.WARNING)
    assert not found(transient=True), "the next look may find otherwise"


def test_why_a_page_cannot_be_read_is_known_once_it_is_so() -> None:
    lost = Held(State.UNKNOWN, NOON, "timeout: no answer\nwithin 10 s")
    fresh = entry("acme/status/page", held=lost)
    assert card_of(vendor(), None, [fresh], None).unread == "", "nobody looked yet"
    failed = looked(fresh, failure=Failure(Reason.TIMEOUT, "no answer"))
    assert card_of(vendor(), None, [failed], None).unread == "timeout: no answer within 10 s"
    assert card_of(vendor(), None, [replace(failed, held=Held(State.UP, NOON))], None).unread == ""


def test_what_our_network_lacks_is_one_line(tmp_path: Path) -> None:
    holding = Holding(tmp_path, vendor())
    with closing(holding):
        holding.troubles = ["quad9: timeout", "names: dns:\nno such name" + "x" * 1_000]
        board, details = holding.gathering.board(), holding.gathering.vendor("acme")
        assert details
        assert board.troubles == details.troubles
        assert board.troubles[1].startswith("names: dns: no such name")
        assert list(map(len, board.troubles)) == [14, 300]
        assert board.lacks.startswith("quad9: timeout; names: dns: no such name")
        assert len(board.lacks) == 300

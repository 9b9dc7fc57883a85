"""Boards to show: made up, but put together as a daemon would give them. Always the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from checks.model import Claim, Finding, Reason, Severity, State
from checks.vendor import Tier
from monitor.board.values import Board, Card, CertificateLeft, Day, Strip, TargetCard, VendorBoard
from monitor.correlate import Disagreement
from monitor.history import Tally
from monitor.outage import Outage
from monitor.standing import Work

NOW = datetime(2026, 11, 22, 14, 3, 5, tzinfo=UTC)
DAY = 86_400
EVIL = '<script>alert("1")</script>"><img src=x onerror=alert(2)>\u202e\'&\x00\n</style>--></title><svg/onload=alert(3)>'
"""What a vendor would say that means harm."""
SCRIPT_URL = "javascript:alert(4)"
LONG = "W" * 10_000
NAMES = (
    *("Stripe", "GitHub", "Twilio", "Cloudflare", "Datadog", "Atlassian", "OpenAI", "SendGrid", "npm", "Docker", "HubSpot"),
    "Amazon Web Services (eu-central-1)",
)


def past(seed: int, *, troubles: int = 3, watched: int = 90, until: datetime = NOW) -> Strip:
    """Ninety days, of which the newest *watched* were watched and so many had trouble."""
    dice, today = Random(seed), until.date()  # noqa: S311 - nothing is a secret here
    bad = {dice.randrange(90 - watched, 90) for _ in range(troubles)}
    days = [Day(today - timedelta(days=89 - number), _tally(number, watched, bad, dice, until)) for number in range(90)]
    return Strip(days=days, whole=sum((day.tally for day in days), Tally()), until=until)


def _tally(number: int, watched: int, bad: set[int], dice: Random, until: datetime) -> Tally:
    whole = until.hour * 3600 + until.minute * 60 if number == 89 else DAY
    if number < 90 - watched:
        return Tally()
    if number not in bad:
        return Tally(unknown=whole) if number % 61 == 40 else Tally(up=whole)
    parts = {"down": dice.randrange(60, 9_000), "degraded": dice.randrange(0, 20_000), "unknown": dice.choice((0, 0, 3_000))}
    return Tally(up=whole - sum(parts.values()), **parts)


def card(slug: str = "acme", state: State = State.UP, seed: int = 1, **others: object) -> Card:
    """A vendor that is in *state* for some time."""
    made = Card(
        slug=slug,
        name=slug.title(),
        team=("payments", "platform", "")[seed % 3],
        tier=tuple(Tier)[seed % 3],
        page=f"https://status.{slug}.example/",
        state=state,
        since=NOW - timedelta(minutes=7 + 137 * seed),
        measured=state,
        claim=Claim.OPERATIONAL,
        objective=99.9,
        certificate=certificate(slug, 11 + seed),
        grade=("A+", "A", "B")[seed % 3],
        strip=past(seed, troubles=seed % 5),
    )
    return replace(made, **others)  # type: ignore[arg-type]


def certificate(slug: str, days: int) -> CertificateLeft:
    """One of ninety days that ends in so many."""
    severity = Severity.CRITICAL if days <= 7 else Severity.WARNING if days <= 21 else Severity.OK
    ends = NOW + timedelta(days=days)
    return CertificateLeft(target=f"{slug}/certificate/api.{slug}.example:443", not_after=ends, severity=severity)


def first_minutes() -> Strip:
    """The past of a vendor that is watched for ten minutes."""
    empty, tally = past(1, troubles=0, watched=0).days[:-1], Tally(up=540, unknown=60)
    return Strip(days=[*empty, Day(NOW.date(), tally)], whole=tally, until=NOW)


def outage(slug: str = "acme", began: timedelta = timedelta(hours=1, minutes=12), **others: object) -> Outage:
    """An outage that goes on and that the vendor has not admitted."""
    made = Outage(
        vendor=slug,
        opened_at=NOW - began,
        confirmed_at=NOW - began + timedelta(seconds=84),
        targets=(f"{slug}/endpoint/api", f"{slug}/endpoint/checkout"),
        cause="503 instead of a 2xx after 23 ms",
    )
    return replace(made, **others)  # type: ignore[arg-type]


def _fallen(strip: Strip, seconds: int) -> Strip:
    """The *strip*, with as much of its last day down."""
    last = strip.days[-1]
    fallen = replace(last, tally=replace(last.tally, up=last.tally.up - seconds, down=last.tally.down + seconds))
    days = [*strip.days[:-1], fallen]
    return replace(strip, days=days, whole=sum((day.tally for day in days), Tally()))


def down(slug: str = "acme", seed: int = 1, **others: object) -> Card:
    """A vendor that is down and does not say so."""
    began = timedelta(hours=1, minutes=12)
    told: dict[str, object] = {
        "since": NOW - began,
        "cause": "503 instead of a 2xx after 23 ms",
        "apart": Disagreement.PROBE_DOWN_CLAIM_OK,
        "apart_since": NOW - began + timedelta(minutes=5),
        "outage": outage(slug, began),
        "strip": _fallen(past(seed, troubles=seed % 5), int(began.total_seconds())),
    }
    return card(slug, State.DOWN, seed, **(told | others))


def targets(slug: str = "acme") -> Sequence[TargetCard]:
    """What is looked at of a vendor that is down."""
    at = NOW - timedelta(seconds=41)
    common: dict[str, object] = {"every": 60.0, "at": at, "good_at": at, "seconds": 0.023}
    expiring = Finding("cert.expiring", Severity.WARNING, "the certificate expires in 12 days, on 2026-12-04 03:56 UTC")
    refused = Finding("endpoint.status", Severity.CRITICAL, "503 instead of a 2xx after 23 ms", transient=True)
    weak = Finding("tls.weak_suites", Severity.WARNING, "accepts 3 suites in CBC mode with TLS 1.2")
    made: Sequence[tuple[str, str, State, dict[str, object]]] = [
        ("endpoint", "api", State.DOWN, {"severity": Severity.CRITICAL, "findings": (refused,), "cause": refused.message}),
        (
            "endpoint",
            "checkout",
            State.UNKNOWN,
            {
                "severity": Severity.UNKNOWN,
                "reason": Reason.TIMEOUT,
                "failure": "no answer within 10 s from api.acme.example:443",
                "good_at": at - timedelta(hours=2),
                "findings": (weak,),
            },
        ),
        ("certificate", "api.acme.example:443", State.UP, {"severity": Severity.WARNING, "findings": (expiring,)}),
        ("tls", "api.acme.example:443", State.UP, {"severity": Severity.WARNING, "findings": (weak,), "is_flapping": True}),
        ("status", "page", State.UP, {"severity": Severity.OK, "claim": Claim.OPERATIONAL}),
        ("dns", "api.acme.example", State.UNKNOWN, {"severity": None, "at": None, "good_at": None, "seconds": None}),
    ]
    return [_target(slug, check, name, state, {**common, **told}) for check, name, state, told in made]


def _target(slug: str, check: str, name: str, state: State, told: dict[str, object]) -> TargetCard:
    key, since = f"{slug}/{check}/{name}", NOW - timedelta(hours=1, minutes=12)
    return TargetCard(key=key, check=check, name=name, state=state, since=since, **told)  # type: ignore[arg-type]


def outages(slug: str = "acme") -> Sequence[Outage]:
    """One that goes on and some before: admitted late, early, at once, and never."""
    claims = (None, timedelta(minutes=17), -timedelta(minutes=4), timedelta(), None)
    older = [
        outage(
            slug,
            timedelta(days=9 * number),
            closed_at=NOW - timedelta(days=9 * number) + timedelta(minutes=38 * number),
            claimed_at=None if claim is None else NOW - timedelta(days=9 * number) + claim,
            shared="the network AS64500 (Example Net)" if number == 2 else "",
            targets=tuple(f"{slug}/endpoint/api-{one}" for one in range(3 * number)),
        )
        for number, claim in enumerate(claims[1:], 1)
    ]
    return [outage(slug), *older]


def board(*cards: Card, **others: object) -> Board:
    """All of these."""
    return replace(Board(cards=cards, made_at=NOW), **others)  # type: ignore[arg-type]


def vendor_board(shown: Card | None = None, **others: object) -> VendorBoard:
    """All of one vendor."""
    shown = shown or down()
    made = VendorBoard(card=shown, targets=targets(shown.slug), outages=outages(shown.slug), made_at=NOW)
    return replace(made, **others)  # type: ignore[arg-type]


def dozen() -> Board:
    """Twelve vendors as a bad day has them, the worst first."""
    states = (State.DOWN, State.UNKNOWN, State.DEGRADED, State.MAINTENANCE, *[State.UP] * 8)
    slugs = [name.split(" ")[0].lower() for name in NAMES]
    made = [
        card(slug, state, seed, name=name) for seed, (slug, state, name) in enumerate(zip(slugs, states, NAMES, strict=True))
    ]
    made[0] = down(slugs[0], 0, name=NAMES[0], tier=Tier.CRITICAL)
    made[1] = replace(made[1], cause="timeout: no answer within 10 s", claim=Claim.UNKNOWN, certificate=None, grade="")
    made[2] = replace(
        made[2], cause="it comes and goes: 3 of the last 20 looks failed", claim=Claim.PARTIAL_OUTAGE, is_flapping=True
    )
    made[3] = replace(made[3], works=frozenset({Work.OWN}), claim=Claim.MAINTENANCE, is_muted=True)
    told = {
        "apart": Disagreement.PROBE_OK_CLAIM_DOWN,
        "apart_since": NOW - timedelta(minutes=31),
        "claim": Claim.MAJOR_OUTAGE,
    }
    made[4] = replace(made[4], **told)  # type: ignore[arg-type]
    made[8] = replace(made[8], certificate=certificate(slugs[8], 3), strip=first_minutes())
    made[9] = replace(made[9], strip=past(9, troubles=1, watched=20), objective=None)
    made[10] = replace(
        made[10], is_measured=False, state=State.UNKNOWN, measured=State.UNKNOWN, strip=None, certificate=None, grade=""
    )
    made[11] = replace(
        made[11], page="", claim=None, since=None, state=State.UNKNOWN, strip=None, certificate=None, grade=""
    )
    return board(*made)


def many(count: int = 300) -> Board:
    """So many vendors, of which some are not well."""
    calm = [card(f"vendor-{number}", seed=number) for number in range(count - 6)]
    bad = [down(f"broken-{number}", number) for number in range(2)]
    dim = [card(f"dim-{number}", State.UNKNOWN, number, cause="timeout: no answer within 10 s") for number in range(4)]
    return board(*bad, *dim, *calm)


def hostile() -> Board:
    """Vendors of which every text means harm."""
    evil = card("evil", name=EVIL, team=EVIL, page=SCRIPT_URL, cause=EVIL, grade=EVIL)
    long = card("long", name=LONG, team=LONG, page=f"https://example.org/{LONG}", cause=LONG, grade=LONG)
    crooked = card("crooked", name="abc\u202edef", page='https://example.org/"onmouseover="alert(5)')
    return board(replace(evil, state=State.DOWN), long, crooked, replace(evil, slug='"><script>', is_muted=True))


def hostile_vendor() -> VendorBoard:
    """A vendor of which every text means harm."""
    found = (Finding(EVIL, Severity.CRITICAL, EVIL), Finding("long", Severity.OK, LONG))
    shown = hostile().cards[0]
    bad = outage(EVIL, cause=EVIL, shared=EVIL, targets=(EVIL, LONG))
    looked = [replace(each, key=EVIL, name=LONG, check=EVIL, cause=EVIL, failure=EVIL, findings=found) for each in targets()]
    return vendor_board(replace(shown, outage=bad), targets=looked, outages=[bad, replace(bad, closed_at=NOW)])

"""What a vendor's web server says about using TLS: HSTS (RFC 6797), and where plain HTTP leads.

Asked of the root of the host, once an hour at most, and only on the port of https. A server that does not speak HTTP, or
that answers with a challenge or an error, has said nothing: that is unknown, and accuses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from checks.foreign import is_challenge
from checks.model import Reason, Unseen
from checks.network import Answer, Network, Request
from checks.rules import HSTS_SECONDS
from checks.tls.grading import Grade, Mark
from checks.tls.posture import Verdict
from checks.values import Address

HTTPS = 443
_WITHIN = 4.0
_AN_HOUR = 3600.0
_MAX_AGE = re.compile(r'(?:^|;)\s*max-age\s*=\s*"?(\d{1,64})"?\s*(?:;|$)', re.IGNORECASE)
_LONGEST = 10**12
_DAY = 86_400
_SERVED = range(200, 400)
_REFUSED = range(400, 500)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """*hsts* is for how many seconds browsers are to insist on TLS: 0 where it is not said, None where it is unknown.

    *redirects* says whether plain HTTP leads to https; a host without plain HTTP has nothing to redirect: yes.
    """

    hsts: int | None = None
    redirects: Verdict = Verdict.UNKNOWN


def is_web(address: Address) -> bool:
    """Whether *address* is where browsers look."""
    return address.port == HTTPS


async def look_at_web(address: Address, network: Network) -> Web:
    """Ask both ports once. Never raises `Unseen`."""
    if not is_web(address):
        return Web()
    host = f"[{address.host}]" if ":" in address.host else address.host
    secure, plain = await _asked(f"https://{host}/", network), await _asked(f"http://{host}/", network)
    return Web(hsts=_hsts(secure) if isinstance(secure, Answer) else None, redirects=_redirects(plain))


async def _asked(url: str, network: Network) -> Answer | Reason:
    try:
        return await network.send(Request(url=url, max_redirects=0, within=_WITHIN, max_age=_AN_HOUR))
    except Unseen as unseen:
        return unseen.failure.reason


def _hsts(answer: Answer) -> int | None:
    """What the first header says (RFC 6797, section 8.1); one that cannot be read is none.

    A page without one insists on nothing. An error without one says nothing: many servers add the header to pages only.
    """
    found = _MAX_AGE.search(answer.headers.get("strict-transport-security", "").partition(",")[0])
    if found:
        return min(int(found[1]), _LONGEST)
    return 0 if answer.status in _SERVED and not is_challenge(answer) else None


def _redirects(plain: Answer | Reason) -> Verdict:
    """Where plain HTTP leads in one step; where it leads to plain HTTP again, nobody knows where that ends."""
    if plain is Reason.REFUSED:
        return Verdict.YES
    if isinstance(plain, Reason) or is_challenge(plain):
        return Verdict.UNKNOWN
    if plain.status in _REDIRECTS:
        leads = urlsplit(plain.headers.get("location", "")).scheme.lower()
        return Verdict.YES if leads == "https" else Verdict.UNKNOWN
    if plain.status in _REFUSED:  # What is refused in the clear is not served in it.
        return Verdict.YES
    return Verdict.NO if plain.status in _SERVED else Verdict.UNKNOWN


def web_marks(web: Web) -> Iterator[Mark]:
    """What of it deserves a word."""
    if web.hsts == 0:
        yield Mark("http.hsts", "does not tell browsers to insist on TLS (no Strict-Transport-Security)", Grade.A_MINUS)
    elif web.hsts is not None and web.hsts < HSTS_SECONDS:
        days, wanted = web.hsts // _DAY, HSTS_SECONDS // _DAY
        sentence = f"tells browsers to insist on TLS for {days} days only; {wanted} are the least that helps (HSTS)"
        yield Mark("http.hsts", sentence, Grade.A_MINUS)
    if web.redirects is Verdict.NO:
        yield Mark("http.redirect", "serves plain HTTP without leading to https")

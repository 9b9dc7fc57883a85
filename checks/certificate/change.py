"""What one look should know of the last, which leaves a word that outlives a restart.

A change is an event: the look that first sees it tells it, and the next one knows nothing of it any more. A new certificate
every few weeks is as it should be. Another issuer or another kind of key may be somebody's decision, or somebody else. Where
two servers show their certificates in turns, that is told once too.

A revocation is not an event. Who was told of one goes on telling it while the list that says so cannot be had: public
authorities never take one back (CA/Browser Forum Baseline Requirements, section 4.9.13).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime

from checks.foreign import one_line, read_json
from checks.model import Finding, Severity
from checks.x509 import Certificate, Revoked

_FINGERPRINT = re.compile("[0-9a-f]{64}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Known:
    """What the last look left of a certificate: its fingerprint, who issued it, the type of its key, the day it ends.

    *issuer* is the issuer's organisation, or its name where it has none: authorities change the names of what they issue
    with every few months, and their own hardly ever. *former* is the fingerprint of the certificate before it. *revoked* is
    when it was revoked, for a *reason*; all three are empty for none.
    """

    sha256: str
    issuer: str
    key_type: str
    until: str
    former: str = ""
    revoked: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def of(cls, leaf: Certificate) -> Known:
        """What to know of *leaf*."""
        issuer = leaf.issuer_organization or leaf.issuer_name
        return cls(sha256=leaf.sha256, issuer=issuer, key_type=leaf.key_type, until=f"{leaf.not_after:%Y-%m-%d}")

    @classmethod
    def read(cls, word: str) -> Known | None:
        """What *word* says; None for anything that no look can have left."""
        try:
            found = read_json(word.encode())
        except ValueError:
            return None
        names = {field.name for field in fields(cls)}
        if not isinstance(found, dict) or set(found) != names or not all(type(value) is str for value in found.values()):
            return None
        known = cls(**found)
        return known if known._is_sound() else None

    @property
    def revocation(self) -> Revoked | None:
        """When and why the certificate was revoked, if that is known."""
        if not self.revoked:
            return None
        return Revoked(datetime.strptime(self.revoked, _MOMENT).replace(tzinfo=UTC), self.reason)

    def after(self, before: Known | None, revoked: Revoked | None, *, is_acquitted: bool) -> Known:
        """What to know once the look *before* is known too: what was revoked stays so unless whoever knows acquits it."""
        same = before if before and before.sha256 == self.sha256 else None
        former = same.former if same else before.sha256 if before else ""
        told = revoked or (same.revocation if same and not is_acquitted else None)
        if told is None:
            return replace(self, former=former)
        return replace(
            self, former=former, revoked=f"{told.at.replace(tzinfo=None, microsecond=0).isoformat()}Z", reason=told.reason
        )

    def _is_sound(self) -> bool:
        texts = (self.issuer, self.key_type, self.reason)
        is_shaped = _FINGERPRINT.fullmatch(self.sha256) and _DATE.fullmatch(self.until)
        is_known = not self.former or _FINGERPRINT.fullmatch(self.former)
        try:
            self.revocation  # noqa: B018 - it must be readable
        except ValueError:
            return False
        return bool(is_shaped and is_known) and all(one_line(text) == text for text in texts)


def changes(leaf: Certificate | None, before: Known | None) -> Iterator[Finding]:
    """What is new about *leaf*; nothing when it is the first that is seen, or none can be read."""
    if leaf is None or before is None or leaf.sha256 in {before.sha256, before.former}:
        return
    now = Known.of(leaf)
    yield Finding(
        "cert.changed", Severity.OK, f"a new certificate since the last look: {_told(now)}; before {_told(before)}"
    )
    new = [
        f"{what} is {after or 'nobody'} now, was {earlier or 'nobody'}"
        for what, after, earlier in (
            ("the issuer", now.issuer, before.issuer),
            ("the type of its key", now.key_type, before.key_type),
        )
        if after != earlier
    ]
    if new:
        yield Finding("cert.issuer_changed", Severity.OK, f"of the new certificate {' and '.join(new)}")


def _told(known: Known) -> str:
    return f"{known.sha256[:_SHOWN]}…, valid until {known.until}"

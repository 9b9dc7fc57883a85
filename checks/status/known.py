"""What is known of a page whose platform no file names: found by one look, and left for the next one as a word.

The word is JSON, because it outlives the process: the store keeps it beside the target's state. One that cannot be read, or
that is about another address, is worth nothing, and the page is looked at anew.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The *platform* a page is of, and *before*: the one it was of until it moved.

    *url* is the page's address in the vendor's file, *address* where it is in the end, *host* and *page_id* those of what
    was read there: another host with another id is another page.
    """

    platform: str
    url: str
    address: str
    host: str = ""
    page_id: str = ""
    before: str = ""

    def __str__(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, word: str) -> Known | None:
        """What *word* says, None for one that says nothing."""
        try:
            found = cls(**json.loads(word))
        except (ValueError, TypeError):
            return None
        return found if all(type(value) is str for value in asdict(found).values()) else None

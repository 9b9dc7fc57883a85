"""Which page of the board has which address. For people each is a document of HTML, for programs of JSON."""

from __future__ import annotations

import json

from monitor.board import document
from monitor.board.gathering import Gathering
from monitor.board.html.head import POLICY
from monitor.board.html.overview import overview_page
from monitor.board.html.vendor import vendor_page
from monitor.board.openapi import openapi
from monitor.web.site import Asked, Document

PLACES = "/, and /vendors/NAME for each vendor that is watched; /openapi.json, which tells of them as JSON"
"""The pages, for who asked for another; the end of a sentence."""

_HTML, _JSON = "text/html; charset=utf-8", "application/json"


class BoardSite:
    """The board as a `monitor.web.site.Site`, of a daemon of this *version*."""

    def __init__(self, gathering: Gathering, version: str) -> None:
        self._gathering = gathering
        self._version = version

    def __call__(self, asked: Asked) -> Document | None:
        """The page that is *asked* for, or None. May take as long as the board waits for the store."""
        match asked.path.split("/")[1:]:
            case [""]:
                return self._overview(asked)
            case ["vendors", slug]:
                return self._vendor(slug, asked)
            case ["openapi.json"]:
                return Document(json.dumps(openapi(self._version)).encode(), _JSON)
        return None

    def _overview(self, asked: Asked) -> Document:
        board = self._gathering.board()
        if asked.wants_json:
            return Document(b"".join(document.overview(board)), _JSON)
        return Document(overview_page(board, self._version).encode(), _HTML, POLICY)

    def _vendor(self, slug: str, asked: Asked) -> Document | None:
        board = self._gathering.vendor(slug)
        if board is None:
            return None
        if asked.wants_json:
            return Document(document.details(board), _JSON)
        return Document(vendor_page(board, self._version).encode(), _HTML, POLICY)

"""Answers into documents: what every platform asks of a page before it looks at what the page says.

A 200 proves nothing: hosts answer any path with their front page, with a login, with a challenge, or from another page
altogether. Each way of not being the page asked for ends in `Unseen` with the reason that says whose turn it is.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from checks.foreign import is_challenge, one_line, quoted, read_json, read_json_prefix
from checks.model import Reason, Unseen
from checks.network import Answer
from checks.status.entries import read_time
from checks.status.node import Node

_SNIFFED_BYTES = 65_536
_COMMENT = re.compile(rb"\s*<!--.*?-->", re.DOTALL)
_HTML = re.compile(rb"\s*(?:<!doctype\s+html|<html|<head|<body|<title|<script)", re.IGNORECASE)
_JSONP = re.compile(rb"\s*(?:/\*.{0,50}?\*/\s*)?[A-Za-z_$][\w$.]{0,80}\s*\((.*)\)[\s;]*", re.DOTALL)
_LOGIN_FIELD = re.compile(rb"""type\s*=\s*["']?password""", re.IGNORECASE)
LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|sso|saml2?|oauth2?|authenticate|authorize|access)(?:[/.]|$)", re.IGNORECASE)
"""The path of an address where somebody is asked who they are."""
ASK_DETECT = " (vendorwatch detect finds out)"
"""What a sentence ends with that doubts the reader of a page. It is of no use to whoever has just asked that."""
_CHECK_READER = f"check platform:{ASK_DETECT}"
_CHECK_PAGE = f"check url: and platform:{ASK_DETECT}"


def read_object(answer: Answer, asked: str, *, jsonp: bool = False) -> Node:
    """The JSON object that *answer* to *asked* holds, in a call of a function where it may be *jsonp*. Raises `Unseen`."""
    root = _read_value(answer, asked, jsonp=jsonp)
    root.require(dict)
    return root


def read_array(answer: Answer, asked: str) -> Node:
    """The JSON list that *answer* to *asked* holds. Raises `Unseen`."""
    root = _read_value(answer, asked)
    root.require(list)
    return root


def read_embedded(answer: Answer, asked: str, start: re.Pattern[bytes]) -> Node:
    """The JSON object that stands in the web page *answer* right behind *start*. Raises `Unseen`."""
    body, place = read_body(answer, asked, html=True), _place(answer.url)
    found = start.search(body)
    if not found:
        raise Unseen(Reason.PARSE, f"{place} does not hold the document it had in it: {_CHECK_READER}")
    try:
        value = read_json_prefix(body[found.end() :])
    except ValueError as error:
        raise Unseen(Reason.PARSE, f"{place} holds what is not JSON: {one_line(str(error))}") from None
    root = Node(value, place)
    root.require(dict)
    return root


def _read_value(answer: Answer, asked: str, *, jsonp: bool = False) -> Node:
    body = read_body(answer, asked)
    if jsonp and (call := _JSONP.fullmatch(body)):
        body = call[1]
    place = _place(answer.url)
    try:
        return Node(read_json(body), place)
    except ValueError as error:
        raise Unseen(Reason.PARSE, f"{place} is not JSON: {one_line(str(error))}") from None


def read_body(answer: Answer, asked: str, *, html: bool = False) -> bytes:
    """The body of *answer*, which is what was *asked* for; a web page only where *html* is. Raises `Unseen`."""
    _refuse_detour(answer, asked)
    _refuse_status(answer)
    if not html and looks_like_html(answer.body):
        raise _web_page(answer)
    return answer.body


def answered_at(answer: Answer) -> datetime | None:
    """When *answer* was made by its own clock (RFC 9110, section 6.6.1): a reader has none. None where it does not say."""
    return read_time(answer.headers.get("date", ""))


def looks_like_html(body: bytes) -> bool:
    """Whether *body* begins as a web page does, whatever comments stand before it."""
    head, start = body.removeprefix(b"\xef\xbb\xbf")[:_SNIFFED_BYTES], 0
    while comment := _COMMENT.match(head, start):
        start = comment.end()
    return _HTML.match(head, start) is not None


def _refuse_detour(answer: Answer, asked: str) -> None:
    """Redirects may change the host, and then the page's identity is looked at, but not what is asked for there.

    A front page has no path to lose, so that another host's is another page: it would lend us another vendor's id. A query
    says what is asked for too.
    """
    if not answer.hops:
        return
    final, wanted = urlsplit(answer.url), urlsplit(asked)
    if LOGIN_PATH.search(final.path) and not LOGIN_PATH.search(wanted.path):
        raise Unseen(Reason.PRIVATE, f"{_place(asked)} leads to a login at {_place(answer.url)}")
    path = wanted.path.rstrip("/")
    is_kept = final.path.rstrip("/").endswith(path) if path else _host(final) == _host(wanted)
    if not is_kept or (wanted.query != final.query and wanted.query):
        detail = f"{_place(asked)} leads to {_place(answer.url)}, which is another page: {_CHECK_PAGE}"
        raise Unseen(Reason.MOVED, detail)


def _host(url: SplitResult) -> str:
    return (url.hostname or "").removeprefix("www.")


def _refuse_status(answer: Answer) -> None:
    place = _place(answer.url)
    if is_challenge(answer):
        raise Unseen(Reason.BLOCKED, f"{place} sent a challenge page for browsers")
    match answer.status:
        case 200:
            return
        case 401:
            raise Unseen(Reason.PRIVATE, f"{place} answered 401: the page wants a login or a key")
        case 403 | 429:
            raise Unseen(Reason.BLOCKED, f"{place} answered {answer.status}: we are refused, or asked too often")
        case 404 | 410:
            detail = f"{place} answered {answer.status}: the page has moved or is of another platform: {_CHECK_PAGE}"
            raise Unseen(Reason.MOVED, detail)
    raise Unseen(Reason.HTTP, f"{place} answered {answer.status}")


def _web_page(answer: Answer) -> Unseen:
    place = _place(answer.url)
    if _LOGIN_FIELD.search(answer.body[:_SNIFFED_BYTES]):
        return Unseen(Reason.PRIVATE, f"{place} is a web page that asks for a password")
    title = re.search(rb"<title[^>]{0,200}>([^<]{0,400})", answer.body[:_SNIFFED_BYTES], re.IGNORECASE)
    named = f", titled {quoted(title[1].decode(errors='replace'), 80)}," if title else " and"
    return Unseen(Reason.PARSE, f"{place} is a web page{named} not what a status page's interface sends: {_CHECK_READER}")


def _place(url: str) -> str:
    """An address for a sentence, without its query."""
    return one_line(url.partition("?")[0], 160)

"""Text of a YAML file as nodes that remember their lines. The only module that knows PyYAML.

Scalars are read by the core schema of YAML 1.2.2 (section 10.3), decimal numbers only, so that the traps of 1.1 are plain
text: NO, on, 12:30:45, 2026-02-30, 017 and 1_000. Keys are always text. What makes YAML hard to read for people or
dangerous for programs is refused with its line: tags, merge keys, duplicate keys, several documents.

The tree is built from the parser's events, without recursion, and its size is counted with every alias written out, so that
neither a deep file nor a "billion laughs" costs more than a message.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from monitor.loading.problem import Problem, dotted, shown_key
from monitor.loading.text import Unreadable, text_of
from monitor.loading.tree import Document, Node, Scalar

MAX_VALUES = 100_000
"""The most values in a file, those behind aliases counted each time they are used."""
MAX_DEPTH = 32
"""The deepest nesting; a vendor's file needs six."""

_WORDS = {"": None, "~": None} | dict.fromkeys(("null", "Null", "NULL"))
_TRUTHS = {spelled: word == "true" for word in ("true", "false") for spelled in (word, word.title(), word.upper())}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")


def read(file: Path) -> tuple[Document | None, list[Problem]]:
    """Read *file*: its tree, unless it cannot be one, and what is wrong with it as YAML."""
    composer = _Composer(file)
    try:
        text = text_of(file)
        root = composer.compose(text)
    except Unreadable as fault:
        return None, [*composer.problems, Problem(file, fault.line, fault.path, fault.message)]
    return Document(file, root), composer.problems


def _scalar(text: str) -> Scalar:
    """What plain *text* means."""
    if text in _WORDS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet. *values* counts what is in it, *height* how deep it goes."""

    line: int
    anchor: str | None
    content: list[Node] | dict[str, Node]
    key: str | None = None
    key_line: int = 0
    values: int = 1
    height: int = 1

    @property
    def wants_key(self) -> bool:
        return isinstance(self.content, dict) and self.key is None


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What an alias stands for, and what it costs."""

    node: Node
    values: int
    height: int


@dataclass(slots=True)
class _Composer:
    """Builds the tree of one file from its events."""

    file: Path
    problems: list[Problem] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Anchored] = field(default_factory=dict)
    values: int = 0
    root: Node | None = None

    def compose(self, text: str) -> Node:
        """The top mapping of *text*. Raises `Unreadable`."""
        try:
            for event in _events(text):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            raise _syntax(error, text, self._path()) from error
        if self.root is None or self.root.content is None:
            return Node(1, {})
        if not isinstance(self.root.content, dict):
            raise Unreadable(self.root.line, "the top of the file must be keys with values, like name: GitHub")
        return replace(self.root, line=1)

    def _take(self, event: yaml.Event) -> None:
        line = _line(event)
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                raise Unreadable(line, "a second document begins here (---): one file is one document")
            case yaml.ScalarEvent():
                self._refuse_tag(event.tag, line)
                self._take_scalar(event, line)
            case yaml.CollectionStartEvent():
                self._refuse_tag(event.tag, line)
                self._begin(event, line)
            case yaml.CollectionEndEvent():
                done = self.open.pop()
                self._put(_Anchored(Node(done.line, done.content), done.values, done.height), done.anchor)
            case yaml.AliasEvent():
                self._take_alias(event, line)

    def _take_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self.open and self.open[-1].wants_key:
            if event.anchor:
                self._note(line, "a key cannot carry an anchor")
            self._begin_entry(event.value, line)
            return
        content = _scalar(event.value) if event.implicit[0] else event.value
        self._count(1, line)
        self._put(_Anchored(Node(line, content), 1, 0), event.anchor)

    def _take_alias(self, event: yaml.AliasEvent, line: int) -> None:
        if self.open[-1].wants_key:
            raise Unreadable(line, f"an alias (*{event.anchor}) cannot be a key: write the key", self._path())
        target = self.anchors.get(event.anchor or "")
        if target is None:
            raise Unreadable(
                line, f"*{event.anchor} is not defined above: no &{event.anchor} is complete here", self._path()
            )
        self._count(target.values, line)
        self._limit_depth(target.height, line)
        self._put(replace(target, node=replace(target.node, line=line)), None)

    def _begin(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if self.open and self.open[-1].wants_key:
            raise Unreadable(
                line, "a key must be text, not a list or mapping: if this is text, write it in quotes", self._path()
            )
        self._count(1, line)
        self._limit_depth(1, line)
        self.open.append(_Open(line, event.anchor, {} if isinstance(event, yaml.MappingStartEvent) else []))

    def _begin_entry(self, key: str, line: int) -> None:
        """Take *key*; the next value is its own."""
        top = self.open[-1]
        top.key, top.key_line = key, line
        if key == "<<":
            self._note(line, "merge keys (<<) are not read: write the keys out")
        elif isinstance(top.content, dict) and (first := top.content.get(key)):
            self._note(line, f"{shown_key(key)} stands here twice, first on line {first.line}: remove one")

    def _put(self, value: _Anchored, anchor: str | None) -> None:
        """Give a finished value to what it stands in."""
        if anchor:
            self.anchors[anchor] = value
        if not self.open:
            self.root = value.node
            return
        top = self.open[-1]
        top.values += value.values
        top.height = max(top.height, value.height + 1)
        if isinstance(top.content, list):
            top.content.append(value.node)
        elif top.key is not None:
            if top.key != "<<":
                top.content.setdefault(top.key, replace(value.node, line=top.key_line))
            top.key = None

    def _count(self, values: int, line: int) -> None:
        self.values += values
        if self.values > MAX_VALUES:
            raise Unreadable(
                line, f"more than {MAX_VALUES} values, aliases written out: is this the right file?", self._path()
            )

    def _limit_depth(self, height: int, line: int) -> None:
        if len(self.open) + height > MAX_DEPTH:
            raise Unreadable(line, f"nested more than {MAX_DEPTH} deep: is this the right file?")

    def _refuse_tag(self, tag: str | None, line: int) -> None:
        if tag is not None:
            self._note(line, "tags (!…) are not read: write the plain value, text in quotes")

    def _note(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, self._path(), message))

    def _path(self) -> str:
        """Where the next value belongs."""
        steps = (len(top.content) if isinstance(top.content, list) else top.key for top in self.open)
        return dotted(step for step in steps if step is not None)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _events(text: str) -> Iterator[yaml.Event]:
    """The events of *text* from the C parser where PyYAML has it, which is some ten times faster."""
    yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


_CURES = {
    "mapping values are not allowed": "a colon stands where no key can: quote the text, or indent the line as its neighbours",
    "found unexpected end of stream": "the quote that opens here is never closed",
    "did not find expected ',' or": "a bracket that is open needs a comma or its end here",
    "could not find expected ':'": "a key is expected here, with a colon and a space after it",
    "did not find expected key": "this line is not indented like its neighbours, or a quote or bracket above ends too early",
    "did not find expected '-' indicator": "this line stands among list items and needs a dash, or another indentation",
    "invalid Unicode character escape": "an escape in double quotes is no character: use single quotes",
    "unknown escape character": "a backslash in double quotes begins an escape: use single quotes",
}
"""What libyaml's words mean to somebody who writes a file."""


def _syntax(error: yaml.MarkedYAMLError, text: str, path: str) -> Unreadable:
    """*error* of the parser, as a sentence with its line."""
    problem = error.problem or "not YAML"
    ends = "end of stream" in problem and error.context_mark is not None
    mark = error.context_mark if ends else error.problem_mark
    line = mark.line + 1 if mark else 0
    if "cannot start any token" in problem and mark:
        return Unreadable(line, _bad_start(text.splitlines()[mark.line][mark.column :]), path)
    cure = next((cure for words, cure in _CURES.items() if words in problem), problem)
    return Unreadable(line, f"not YAML: {cure}", path)


def _bad_start(rest: str) -> str:
    """What to say of a line that goes on with *rest*, which begins no YAML token."""
    if rest.startswith("\t"):
        return "not YAML: a tab stands where spaces must: indent with spaces"
    return f"not YAML: a value cannot begin with {rest[:1]}: put it in quotes"

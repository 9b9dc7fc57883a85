"""Text of a YAML file as nodes that remember their lines. The only module that knows PyYAML.

Keys are always text. What makes YAML hard to read for people or dangerous for programs is refused with its line: tags,
merge keys, duplicate keys, several documents.

The tree is built from the parser's events, without recursion, and its size is counted with every alias written out, so that
neither a deep file nor a "billion laughs" costs more than a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from monitor.loading.problem import Problem, dotted
from monitor.loading.scalars import scalar
from monitor.loading.syntax import syntax_cure
from monitor.loading.text import Unreadable, text_of
from monitor.loading.tree import Document, Node

MAX_VALUES = 100_000
"""The most values in a file, those behind aliases counted each time they are used."""
MAX_DEPTH = 32
"""The deepest nesting; a vendor's file needs six."""


def read(file: Path) -> tuple[Document | None, list[Problem]]:
    """Read *file*: its tree, unless it cannot be one, and what is wrong with it as YAML."""
    composer = _Composer(file)
    try:
        text = text_of(file)
        root = composer.compose(text)
    except Unreadable as fault:
        return None, [*composer.problems, Problem(file, fault.line, fault.path, fault.message)]
    return Document(file, root), composer.problems


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
        if self._wants_key:
            if event.anchor:
                self._note(line, "a key cannot carry an anchor")
            self._begin_entry(event.value, line)
            return
        content = scalar(event.value) if event.implicit[0] else event.value
        self._count(1, line)
        self._put(_Anchored(Node(line, content), 1, 0), event.anchor)

    def _take_alias(self, event: yaml.AliasEvent, line: int) -> None:
        if self._wants_key:
            raise Unreadable(line, "an alias (*…) cannot be a key: write the key out", self._path())
        target = self.anchors.get(event.anchor or "")
        if target is None:
            # The name is not repeated: a password that begins with * reads as an alias.
            message = "no anchor of this alias's name is complete above: put text that begins with * in quotes"
            raise Unreadable(line, message, self._path())
        self._count(target.values, line)
        self._limit_depth(target.height, line)
        self._put(replace(target, node=replace(target.node, line=line)), None)

    def _begin(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if self._wants_key:
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
            self._note(line, f"stands here twice, first on line {first.line}: remove one")

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

    @property
    def _wants_key(self) -> bool:
        return bool(self.open) and self.open[-1].wants_key

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


def _syntax(error: yaml.MarkedYAMLError, text: str, path: str) -> Unreadable:
    """*error* of the parser, as a sentence with its line."""
    mark = error.problem_mark
    lines = text.splitlines()
    rest = "\n".join(lines[mark.line :])[mark.column :] if mark else ""
    if mark and rest.strip():
        return Unreadable(mark.line + 1, syntax_cure(error.problem or "", rest), path)
    opened = error.context_mark or mark
    line = min(opened.line + 1, len(lines)) if opened else 0
    return Unreadable(line, "not YAML: what opens here is never closed", path)

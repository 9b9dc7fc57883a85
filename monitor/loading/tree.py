"""A file as it was read: nodes that remember their lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.loading.problem import Part, Problem, dotted

Scalar = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line it begins on, counted from 1: that of its key where it has one."""

    line: int
    content: Scalar | list[Node] | dict[str, Node]

    def child(self, part: Part) -> Node | None:
        """The node under a key or at an index, or None."""
        if isinstance(self.content, dict) and isinstance(part, str):
            return self.content.get(part)
        if isinstance(self.content, list) and isinstance(part, int) and part < len(self.content):
            return self.content[part]
        return None

    def plain(self) -> object:
        """This node as JSON values."""
        match self.content:
            case dict() as entries:
                return {key: node.plain() for key, node in entries.items()}
            case list() as items:
                return [node.plain() for node in items]
        return self.content


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was read: the tree of its top mapping."""

    file: Path
    root: Node

    def values(self) -> dict[str, Any]:
        """The top mapping as JSON values, fresh ones at each call."""
        content = self.root.content
        return {key: node.plain() for key, node in content.items()} if isinstance(content, dict) else {}

    def keys_at(self, key: str) -> list[str]:
        """The keys of the mapping that stands under *key* at the top; none where there is no mapping."""
        node = self.root.child(key)
        return list(node.content) if node and isinstance(node.content, dict) else []

    def problem(self, path: tuple[Part, ...], message: str) -> Problem:
        """A problem at *path*, on the line of the last part of it that is in the file."""
        node = self.root
        for part in path:
            node = node.child(part) or node
        return Problem(self.file, node.line, dotted(path), message)

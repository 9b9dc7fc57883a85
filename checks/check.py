"""What a check is, and where the checks are found.

A check is functions in a frozen box: no base class, no instance state, no registry. `all_checks` walks the package and
takes every module-level ``CHECK``; a file put into ``checks/`` is a check from then on.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic

import checks
from checks.model import Claim, F, Finding, Metric, S, Sample
from checks.network import Network
from checks.shared import Trait
from checks.vendor import Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Generic[S]):
    """A target that a vendor's file implies: its name within the check, and what to look at.

    *every* is the interval in seconds where the file says one; *host* is what the probes will talk to. Targets that name the
    same thing in *together* ask for the very same, and are probed at the same moments, so that one answer serves them all.
    """

    name: str
    settings: S
    host: str = ""
    every: float | None = None
    together: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[S, F]):
    """A kind of looking.

    *every* and *deadline* are defaults in seconds. *claim*, where there is one, makes the check one that reads what the
    vendor says instead of measuring: when such a look fails the target is unknown, never down.
    """

    name: str
    every: float
    deadline: float
    settings: type[S]
    derive: Callable[[Vendor], Iterable[Derived[S]]]
    """The targets that a vendor's file implies, in the file's order."""
    observe: Callable[[S, Network], Awaitable[F]]
    """Look. Raises `Unseen` when there is nothing to judge."""
    judge: Callable[[F, S, datetime, F | None], Iterable[Finding]]
    """What the facts mean at a time, given the target's previous facts if any. Pure; at least one finding, `OK` if well."""
    measure: Callable[[F | None, S, datetime], Iterable[Sample]]
    """Samples of *metrics* at a time. Pure. Facts of None ask for what must be said while the target cannot be seen."""
    metrics: tuple[Metric, ...] = ()
    claim: Callable[[F, S], Claim] | None = None
    """What the vendor says, in our words. Pure."""
    under_maintenance: Callable[[F, S, datetime], bool] | None = None
    """Whether the vendor says that work on what we use is under way at a time. Pure."""
    began: Callable[[F, S], datetime | None] | None = None
    """When what the vendor admits began, by its own word; None where it does not say. Pure."""
    remember: Callable[[F], str] | None = None
    """A word of the facts that the next look should know, also after a restart. Pure."""
    recall: Callable[[S, str], S] | None = None
    """The settings of the next look, given the word that the last one left. Pure."""

    shares: Callable[[F], Iterable[Trait]] | None = None
    """What the target has in common with targets of other vendors, by its newest facts. Pure."""
    deepen: Callable[[S], S] | None = None
    """The settings of a thorough look, for whoever asks for one: it takes longer and presses the vendor more. Pure."""
    describe: Callable[[F, S], Iterable[tuple[str, str]]] | None = None
    """What a person wants to read of the facts beside the findings: headings and texts, in reading order. Pure."""

    @property
    def reads_claim(self) -> bool:
        """Whether this check reads what the vendor says instead of measuring."""
        return self.claim is not None


AnyCheck = Check[Any, Any]
"""A check whose settings and facts only its own functions understand."""


@cache
def all_checks() -> Mapping[str, AnyCheck]:
    """Every check of the package by name, in the order of names.

    Raises `ValueError` when two of them share a name.
    """
    found: dict[str, AnyCheck] = {}
    for module in pkgutil.iter_modules(checks.__path__, "checks."):
        check = getattr(importlib.import_module(module.name), "CHECK", None)
        if isinstance(check, Check) and found.setdefault(check.name, check) is not check:
            msg = f"{module.name}: there is another check named {check.name}"
            raise ValueError(msg)
    return dict(sorted(found.items()))

"""Every finding about TLS by its code: what it is called, how much it matters, why, and who says so.

Nothing is raised that does not stand here, but for the finding that all is well; and only what stands here can be waived.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checks.rules.certificates import CERTIFICATE_RULES
from checks.rules.configuration import CONFIGURATION_RULES
from checks.rules.shapes import Rule
from checks.rules.surroundings import SURROUNDING_RULES

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.code: rule for rule in (*CERTIFICATE_RULES, *CONFIGURATION_RULES, *SURROUNDING_RULES)}
)
"""The rules by the codes of their findings."""

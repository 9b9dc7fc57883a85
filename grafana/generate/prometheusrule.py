"""The rules as Kubernetes takes them, written by ``python -m grafana.generate.prometheusrule``, or ``make prometheusrule``.

The groups of a `PrometheusRule` are those of a rule file, word for word: it is the text of
``grafana/prometheus/rules/*.yml``, comments and all, further in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import indent

GRAFANA = Path(__file__).parents[1]
RULES = GRAFANA / "prometheus" / "rules"
WRITTEN = GRAFANA / "kubernetes" / "prometheusrule.yaml"

_HEAD = """\
# Written by `make prometheusrule` from grafana/prometheus/rules: change the rules there. They belong together: the alerts of
# one read what another records. kube-prometheus-stack takes rules that have the label release with the name of its Helm
# release: `kubectl label prometheusrule --selector=app.kubernetes.io/name=vendorwatch release=NAME` adds it.
"""
_OBJECT = """\
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: vendorwatch-{name}
  labels: {{app.kubernetes.io/name: vendorwatch}}
spec:
  groups:
"""


def document(files: Iterable[Path]) -> str:
    """An object for each of *files*, in their order; the names that YAML gives to texts are a file's own, or an object's."""
    return _HEAD + "".join(_OBJECT.format(name=file.stem) + _groups(file) for file in files)


def _groups(file: Path) -> str:
    """The groups of a rule *file* as they stand there, with what its head says before them, two columns further in."""
    head, _, groups = file.read_text(encoding="utf-8").partition("\ngroups:\n")
    return indent(indent(head.strip() + "\n", "  ") + groups, "  ")


def main(file: Path = WRITTEN) -> None:
    """Write it."""
    file.write_text(document(sorted(RULES.glob("*.yml"))), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))

"""Pages of ``/metrics`` with their times, as one OpenMetrics text, and that as blocks of a Prometheus.

`promtool tsdb create-blocks-from openmetrics` reads its input once for each block that it makes, so the blocks are long.
Families may be interleaved for it, and need no types.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.tools import require_tool

LONGEST_BLOCK = "1500h"


class OpenMetricsFile:
    """Takes samples with their times, and ends with the mark of its format. Use it as a context."""

    def __init__(self, path: Path, labels: Mapping[str, str]) -> None:
        self.path = path
        self._labels = ",".join(f'{name}="{value}"' for name, value in labels.items()).encode()
        self._named: dict[bytes, bytes] = {}
        self._file = path.open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.write(b"# EOF\n")
        self._file.close()

    def scraped(self, at: float, page: bytes) -> None:
        """All samples of a *page* in the text format, with the labels of its target, at a Unix time."""
        stamp = f" {at:.3f}\n".encode()
        named = self._named
        lines = []
        for line in page.splitlines():
            if line.startswith(b"#"):
                continue
            series, _, value = line.rpartition(b" ")
            known = named.get(series) or named.setdefault(series, self._labelled(series))
            lines.append(known + value + stamp)
        self._file.write(b"".join(lines))

    def sample(self, at: float, series: str, value: float) -> None:
        """One sample of a *series*, as PromQL writes it."""
        self._file.write(f"{series} {value!r} {at:.3f}\n".encode())

    def _labelled(self, series: bytes) -> bytes:
        name, brace, labels = series.partition(b"{")
        return name + b"{" + self._labels + (b"," + labels if brace else b"}") + b" "


def series(labels: Mapping[str, str]) -> str:
    """What Prometheus calls a series, ``__name__`` among its *labels*."""
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(labels.items()) if name != "__name__")
    return f"{labels['__name__']}{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def make_blocks(files: Iterable[Path], tsdb: Path) -> None:
    """Put what *files* say into the database in the folder *tsdb*; no Prometheus may run on it."""
    for file in files:
        command = [require_tool("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--quiet"]
        command += [f"--max-block-duration={LONGEST_BLOCK}", str(file), str(tsdb)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{file.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"

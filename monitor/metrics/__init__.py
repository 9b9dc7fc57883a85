"""What Prometheus is told.

Two sources, one page. The newest of every vendor and target comes from the immutable snapshot, by a renderer of our own:
`monitor.metrics.exporter` keeps the lines of what has not changed since the last scrape, so that a scrape mostly joins
bytes and does not hold up the probes. What the daemon says of itself is in `Instruments`, on prometheus-client.

The rules of this package:

- `monitor.metrics.registry` alone knows prometheus-client.
- Names begin with ``vendor_`` (a vendor) or ``vendorwatch_`` (this program). Times are timestamps, never ages; units are
  base units. A state is a set of 0/1 series. Sets of label values that are known start at 0.
- No address, identifier, title or text of an error becomes a label.
- What is removed from the catalogue is gone from the next page.
- `declared` lists every family of ours; nothing else may appear on the page.
"""

from monitor.metrics.exporter import Exporter, declared
from monitor.metrics.families import Family
from monitor.metrics.instruments import Instruments, MissedReason
from monitor.metrics.storing import StoreStats

__all__ = ["Exporter", "Family", "Instruments", "MissedReason", "StoreStats", "declared"]

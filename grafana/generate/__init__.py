"""The dashboards as Python: ``python -m grafana.generate`` (or ``make dashboards``) writes ``grafana/dashboards/*.json``.

- Each dashboard is a module with one function `dashboard`; `parts` has what they share, `states` the colours of states.
- The JSON is committed, and a test says when it is not what these modules write. It is never edited by hand.
- A panel's number is its id and stays with it for good: links and annotations of people's own point at it.
- Every query adds up over daemons first (``max by (vendor)``): two that watch the same vendors are one pair of eyes.
- Queries read what the daemon exports, so that a dashboard works from the first scrape on. Recording rules are read only
  for 30-day availability and windows of objectives; what fires is Prometheus' own ALERTS.

The classic schema of dashboards (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/,
read 2026-11-21) loads in every Grafana from 10 on; 13 turns it into its own when it loads it.
"""

"""Our own page, served by the daemon at ``/``: how every vendor stands, for people without Grafana and the first minute.

- `values` is what the board says, as plain values; whatever shows it shows these.
- `gathering` puts them together: the present is what the daemon holds, put into words by `cards`; the past is what `memory`
  has of the store, where `reading` reads it and `strips` counts its days. What is made of a strip is kept by `remembering`.
- `document` says them as JSON, which `openapi` describes by `schemas`, made of `shapes`; `html` shows them to people. `site`
  knows addresses.

The rules of this folder:

- It never asks the network. A number or a state here is one that the daemon holds or the store has; `cards` alone makes
  more of them: which vendor comes first, what is critical there, and why a page is unread.
- What cannot be known is said to be unknown. A store that cannot be read costs the past, never the present.
- What a vendor or a configuration said is hostile, and is shown as text of one line.
"""

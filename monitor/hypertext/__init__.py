"""What every document of HTML here is written with, so that all of them are harmless and look alike.

- `markup` is the only place where text becomes HTML: elements that cannot be unescaped. `links` lead out.
- `tables` is tables and lists, `states` how a state is shown, `document` what is around it all; `palette.css` its colours.

Nothing here knows what a document is about.
"""

"""What every document of HTML here is written with: elements that cannot be unescaped, and tables.

`markup` is the only place where text becomes HTML. Nothing here knows what a document is about.
"""

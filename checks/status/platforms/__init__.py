"""One module per status-page platform, each ending in ``PLATFORM = Platform(...)``. They do not import each other.

What several platforms need (answers into documents, documents into checked values, feeds into entries) is one floor up.
"""

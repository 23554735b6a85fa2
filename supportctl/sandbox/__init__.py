"""A local server that speaks the three platforms' dialects over one SQLite file.

Written from the vendors' documents, not from our adapters, so that a misreading is not made twice.
Nothing here imports an adapter, the wire or the query language.
"""

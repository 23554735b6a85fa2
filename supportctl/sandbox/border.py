"""What a platform does with a body whose values are of other kinds than it documents: it refuses it as a whole."""

import sqlite3

UNREADABLE = (
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What code raises that meets such a value. Dialects answer 400 for it when the request had a body; without one it is
a defect of ours. Whatever was written by then has been rolled back (see `Store.write`)."""

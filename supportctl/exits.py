"""Exit codes: a public contract, one meaning each."""

from enum import IntEnum


class Exit(IntEnum):
    """What the process ends with.

    Scripts branch on these, so a number never changes its meaning.
    """

    OK = 0
    FOUND = 1
    """The thing looked for was found, e.g. findings at or above ``--fail-on``."""
    USAGE = 2
    """Bad arguments, bad query, bad configuration."""
    EMPTY = 3
    """No input matched, with ``--error-on-empty``; or a named ticket does not exist."""
    AUTH = 4
    """Authentication or permission."""
    TEMPORARY = 5
    """The platform failed or limited us after retries; safe to run again."""
    PARTIAL = 6
    """Some changes failed; the journal says which."""
    REFUSED = 7
    """A safety refused: read-only profile, stale plan, cap exceeded."""
    INTERNAL = 70
    """A defect of ours (``EX_SOFTWARE``)."""
    INTERRUPTED = 130
    """Ctrl-C."""

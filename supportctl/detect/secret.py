"""What a detector returns, and how secrets are shown: never."""

import msgspec


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret in a text, by place. The raw value is not kept."""

    kind: str
    """Stable name, e.g. ``aws-access-key-id``."""
    start: int
    end: int
    """Character offsets of the secret itself, not of the words around it."""
    masked: str
    """Safe to print: at most a public prefix and the last four characters."""


def mask(value: str, prefix: str = "") -> str:
    """``AKIA****WXYZ``: the published prefix and, for long values, the last four characters."""
    shown = prefix if value.startswith(prefix) else ""
    rest = len(value) - len(shown)
    return f"{shown}****{value[-4:]}" if rest >= 16 else f"{shown}****"

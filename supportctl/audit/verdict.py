"""What a rule says about one ticket. Unknown is neither clean nor faulty."""

import msgspec

from supportctl.model import Evidence, Fix


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """``message`` and ``evidence`` never hold customer text; ``seen`` is what the fingerprint is made of.

    ``seen`` stays the same from run to run as long as the ticket stays as it is: a time stamp, never an age.
    """

    message: str
    seen: str
    evidence: list[Evidence]
    threshold: str | None = None
    """The limit and where it comes from: a setting, the default, or learned from how many tickets."""
    passes: str | None = None
    """What would make the ticket pass, where it is more exact than the rule's section "Fix"."""
    fixes: tuple[Fix, ...] = ()


class Faulty(msgspec.Struct, frozen=True):
    faults: tuple[Fault, ...]


class Clean(msgspec.Struct, frozen=True):
    pass


class Outside(msgspec.Struct, frozen=True):
    """The rule does not speak about this ticket; ``grace``: not yet."""

    grace: bool = False


class Unjudged(msgspec.Struct, frozen=True):
    """``field`` is unknown, and the verdict hangs on it."""

    field: str


Verdict = Faulty | Clean | Outside | Unjudged

CLEAN = Clean()
OUTSIDE = Outside()
GRACE = Outside(grace=True)


def fault(
    message: str,
    seen: str,
    evidence: list[Evidence] | None = None,
    *,
    threshold: str | None = None,
    passes: str | None = None,
    fixes: tuple[Fix, ...] = (),
) -> Faulty:
    """A verdict with one fault."""
    return Faulty(
        (
            Fault(
                message=message,
                seen=seen,
                evidence=evidence or [],
                threshold=threshold,
                passes=passes,
                fixes=fixes,
            ),
        )
    )

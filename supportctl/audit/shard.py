"""A part of a queue: ``--shard 2/4``, the same tickets in every run, or what changed since the last one."""

import re
import zlib
from collections.abc import Collection, Sequence

import msgspec

from supportctl.audit.result import SkippedRule
from supportctl.audit.rule import QueueRule, Rule
from supportctl.audit.rules.que901_field_unused import FieldUnused
from supportctl.errors import UsageError
from supportctl.model import Ticket

_WRITTEN = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")


class Shard(msgspec.Struct, frozen=True):
    number: int
    """From 1."""
    of: int

    def takes(self, ticket: Ticket) -> bool:
        """By the ticket's id alone, which never changes; the parts are about the same size."""
        return (
            zlib.crc32(f"{ticket.platform}:{ticket.id}".encode("utf-8", "surrogatepass")) % self.of + 1 == self.number
        )

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def parse(text: str) -> Shard:
    """Raises `UsageError`."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(
            f"--shard cannot be {text[:40]!r}; no ticket was read",
            hint="the number of this part and how many parts there are, e.g. --shard 2/4",
        )
    return Shard(int(match[1]), int(match[2]))


def without_queue_rules(
    rules: Sequence[Rule], shard: Shard | None = None, *, told_once: Collection[str] | None = None
) -> tuple[list[Rule], list[SkippedRule]]:
    """Rules that a part of the queue is enough for, and the others as skipped.

    Of a shard the adoption guard stays: it decides how the findings of this part are told. What changed since the last
    run shows nothing about a field's use: then ``told_once`` has the codes that the guard told once when all was read.
    """
    part = "what changed is a part" if told_once is not None else f"this is part {shard}"
    kept: list[Rule] = []
    skipped = []
    for rule in rules:
        reason = None
        if isinstance(rule, QueueRule) and (told_once is not None or not isinstance(rule, FieldUnused)):
            reason = f"looks at the whole queue, and {part} of it"
        elif told_once is not None and rule.code in told_once:
            reason = "its field was hardly used when all tickets were read (QUE901)"
        if reason is None:
            kept.append(rule)
        else:
            skipped.append(SkippedRule(rule=rule.code, name=rule.name, reason=reason))
    return kept, skipped

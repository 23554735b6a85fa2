"""Feed the query parser with texts nobody would write, for as long as asked.

    python benchmarks/fuzz_query.py [--seconds 600] [--seed N]

Texts come from valid queries by cutting, joining, repeating and overwriting, and from pieces of the language in random
order; texts that led to a new kind of answer (a new error text or shape of query) are kept and changed further. For
each: the parser answers with a query or with our own error at a position inside the text; a query written out and
parsed again is the same query; evaluating it on a ticket ends. Printed: texts tried, parsed, refused, kinds of answer,
and every failure with the text that repeats it (exit code 1).
"""

import argparse
import random
import re
import sys
import time
from datetime import UTC, datetime

from supportctl.errors import QueryError
from supportctl.model import Platform, Ticket
from supportctl.query import evaluate, parse, unparse

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PIECES = [
    "status:", "open", "new,pending", "(", ")", "-", "not ", " or ", " and ", '"', "\\", ",", "..", ">", ">=", "<", "=",
    "p1", "priority:p1..p3", "age>7d", "idle<=3h", " ", "created:", "2026-01-01", "T10:00", "Z", "+02:00", "text:",
    "none", "any", "me", "cf[10010]", "customfield_1:", ":", "\n", "\t", "\ud800", "٣", "is:", "unresolved", "é", "😀",
    "reopens:1..", "updated:-7d..", "today", "yesterday", "\x00", "\u202e", "9" * 30, "sla:breached", "key:SUP-1",
]  # fmt: skip
VALID = [
    "status:open priority:p1..p2 age>7d", 'assignee:none group:"Tier 1" -tag:billing',
    "(text:vpn or text:mail) idle<3h",
    "created:2026-01-01..2026-02-01 not (kind:incident or kind:problem)", "reopens:2.. resolved:any", "is:unresolved",
]  # fmt: skip
TICKET = Ticket(platform=Platform.JSM, profile="p", id="1", key="SUP-1", title="vpn", created_at=NOW)
KEPT = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.randrange(2**32)
    rng = random.Random(seed)
    corpus = list(VALID)
    kinds: set[str] = set()
    tried = parsed = 0
    failures: list[str] = []
    ends = time.monotonic() + asked.seconds
    while time.monotonic() < ends:
        for _ in range(500):
            text = changed(rng, corpus)
            tried += 1
            try:
                kind, good = look(text)
            except Exception as error:  # noqa: BLE001 (whatever it is, it is a find)
                failures.append(f"{type(error).__name__}: {error}: {text!r}")
                continue
            parsed += good
            if kind not in kinds:
                kinds.add(kind)
                corpus.append(text)
                if len(corpus) > KEPT:
                    corpus.pop(rng.randrange(len(VALID), KEPT))
    print(
        f"{tried:,} texts in {asked.seconds:.0f} s (seed {seed}): {parsed:,} parsed, "
        f"{tried - parsed - len(failures):,} refused, {len(kinds):,} kinds of answer, {len(failures)} failures"
    )
    for failure in failures[:20]:
        print(failure)
    sys.exit(1 if failures else 0)


def changed(rng: random.Random, corpus: list[str]) -> str:
    """A text of the corpus after one to four changes, or pieces of the language in random order."""
    if rng.random() < 0.2:
        return "".join(rng.choices(PIECES, k=rng.randint(1, 25)))
    text = rng.choice(corpus if rng.random() < 0.5 else VALID)
    for _ in range(rng.randint(1, 4)):
        at, to = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        match rng.randrange(6):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:at] + rng.choice(PIECES) + text[at:]
            case 2:
                text = text[:at] + text[at:to] * 2 + text[to:]
            case 3:
                text = (
                    text[:at] + chr(rng.choice([rng.randrange(128), rng.randrange(0x3000), 0x1F600])) + text[at + 1 :]
                )
            case 4:
                text = f"({text})" if rng.random() < 0.5 else f"-({text})"
            case _:
                text = text[:at] + rng.choice(corpus)[: rng.randint(0, 60)] + text[to:]
    return text[:2000]


def look(text: str) -> tuple[str, bool]:
    """What kind of answer the parser gives, and whether it is a query. Raises when something does not hold."""
    try:
        node = parse(text, now=NOW)
    except QueryError as error:
        if not 0 <= error.start <= error.end <= len(text) + 1:
            raise AssertionError(f"position {error.start}..{error.end} lies outside the text") from None
        return f"error {' '.join(re.findall('[a-z]{3,}', error.message)[:2])}", False
    again = unparse(node)
    if unparse(parse(again, now=NOW)) != again:
        raise AssertionError(f"written out as {again!r}, it is another query")
    if evaluate(parse(again, now=NOW), TICKET, NOW) != evaluate(node, TICKET, NOW):
        raise AssertionError(f"written out as {again!r}, it answers otherwise")
    return "query " + re.sub(r'"[^"]*"|[\w.@-]+(?=[\s):,]|$)', "x", again)[:80], True


if __name__ == "__main__":
    main()

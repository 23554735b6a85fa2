"""The times of one log: its form is found in its beginning, what is open is decided once for the whole file."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from supportctl.evidence.logs import stamps
from supportctl.evidence.logs.stamp_forms import FORMS, Form
from supportctl.evidence.logs.stamps import Order, Stamp

if TYPE_CHECKING:
    import re

_LOOKED_AT = 5000
_CACHED = 4096
_SAMPLED = 400
_FURTHEST = 120
"""Characters before a time at most; further in it is part of the message."""
_UTC_BY_RULE = ("#Software: Microsoft Internet Information", "#Fields: date time")


class _Known(NamedTuple):
    """What a second's text means."""

    moment: datetime | None
    stamp: Stamp | None
    assumed: bool
    offset: str
    behind: int
    """Characters matched behind the time that are no part of it."""


class Clock:
    """``head``: the first lines; ``zone``: of times that name none, UTC where it is None; ``reference``: now, aware."""

    def __init__(self, head: Sequence[str], zone: tzinfo | None = None, reference: datetime | None = None) -> None:
        self.given = zone
        self.reference = reference or datetime.now(UTC)
        self.utc_by_rule = zone is None and any(line.startswith(_UTC_BY_RULE) for line in head[:20])
        self.zone: tzinfo = zone or UTC
        self.forms = _forms(head)
        self.order, self.ambiguous, self.inferred = _order(head, self.forms)
        self.offsets: Counter[str] = Counter()
        self.assumed = 0
        """Times without a zone."""
        self.no_year = self.no_date = 0
        self._cache: dict[str, _Known] = {}
        self._start = 0
        """Where the last line had its time: the next one most likely has it there too."""

    def at(self, line: str) -> tuple[datetime | None, tuple[int, int] | None]:
        """The moment a line tells, in UTC, and where it stands. A time without a date has a place and no moment."""
        for form in self.forms:
            match = form.pattern.match(line, self._start, stamps.LOOKED_AT) if self._start else None
            if match is None:
                match = form.pattern.search(line, 0, stamps.LOOKED_AT)
            if match is None or match.start() > _FURTHEST:
                continue
            fraction = match.span("f") if "f" in form.pattern.groupindex else (-1, -1)
            if fraction[0] < 0:
                key, micros = match[0], 0
            else:  # What changes from line to line is added to what does not.
                key = f"{line[match.start() : fraction[0]]}{line[fraction[1] : match.end()]}"
                micros = int((line[fraction[0] : fraction[1]] + "00000")[:6])
            known = self._cache.get(key)
            if known is None:
                known = self._read(form, match)
                if len(self._cache) >= _CACHED:
                    self._cache.clear()
                self._cache[key] = known
            if known.stamp is None:
                continue
            self._count(known)
            self._start = begin = match.start()
            moment = known.moment
            if moment is not None and micros:
                moment = moment.replace(microsecond=micros)
            return moment, (begin, match.end() - known.behind)
        return None, None

    def _read(self, form: Form, match: "re.Match[str]") -> "_Known":
        stamp = stamps.of_match(form, match, self.order)
        if stamp is None:
            return _Known(None, None, False, "", 0)
        moment, assumed = stamp.moment(self.zone, self.reference)
        offset = "" if stamp.offset is None or form.name == "epoch" else _written(stamp.offset)
        if "f" in form.pattern.groupindex and moment is not None and match["f"]:
            moment = moment.replace(microsecond=0)
        return _Known(moment, stamp, assumed, offset, match.end() - stamp.end)

    def _count(self, known: "_Known") -> None:
        assert known.stamp is not None
        if known.stamp.no_date:
            self.no_date += 1
            return
        self.assumed += known.assumed
        self.no_year += known.stamp.no_year
        if known.offset:
            self.offsets[known.offset] += 1

    @property
    def zone_assumed(self) -> bool:
        return self.assumed > 0 and self.given is None and not self.utc_by_rule

    def told(self) -> str:
        """The zone in words; empty where there are no times."""
        written = self.offsets.most_common(1)[0][0] if self.offsets else ""
        if not self.assumed:
            return written
        unsaid = "UTC" if self.utc_by_rule else "UTC, assumed"
        open_ = unsaid if self.given is None else f"{self.given} as given"
        return f"{written}; {open_} where none is written" if written else open_


def _forms(head: Sequence[str]) -> list[Form]:
    """The forms of the lines' first times, the most frequent first."""
    counts: Counter[str] = Counter()
    for line in [*head[: _SAMPLED // 2], *head[_SAMPLED // 2 :: max(1, 2 * len(head) // _SAMPLED)]]:
        stamp = stamps.parse(line)
        if stamp is not None:
            counts[stamp.form] += 1
    by_name = {form.name: form for form in FORMS}
    most = counts.most_common(4)
    return [by_name[name] for name, times in most if times * 20 >= most[0][1]]


def _order(head: Sequence[str], forms: list[Form]) -> tuple[Order | None, bool, bool]:
    """Order of day and month, whether it stays open, and whether it was told from the sequence of the lines."""
    form = next((form for form in forms if form.name == "day-month"), None)
    if form is None:
        return None, False, False
    dates = []
    halves = 0
    for line in head[:_LOOKED_AT]:
        match = form.pattern.search(line[: stamps.LOOKED_AT])
        if match is not None:
            if match["sep"] == ".":
                return "dmy", False, False
            dates.append((int(match["a"]), int(match["b"]), match["c"]))
            halves += match["p"] is not None
    short = bool(dates) and all(len(year) == 2 for _, _, year in dates)
    possible: list[Order] = []
    if all(1 <= a <= 31 and 1 <= b <= 12 for a, b, _ in dates):
        possible.append("dmy")
    if all(1 <= a <= 12 and 1 <= b <= 31 for a, b, _ in dates):
        possible.append("mdy")
    if (
        short
        and all(1 <= b <= 12 and 1 <= int(c) <= 31 for _, b, c in dates)
        and all(10 <= a <= 60 for a, _, _ in dates)
    ):
        possible.append("ymd")
    if len(possible) == 1:
        return possible[0], False, False
    if not possible:
        return None, True, False
    spans = {order: _span(head, form, order) for order in possible}
    best = min(possible, key=lambda order: (spans[order], possible.index(order)))
    others = [spans[order] for order in possible if order != best]
    if min(others) > 3 * spans[best] + timedelta(days=2):
        return best, False, True
    return "mdy" if halves and "mdy" in possible else best, True, False


def _span(head: Sequence[str], form: Form, order: Order) -> timedelta:
    """How much the times of successive lines jump about: the right order runs on."""
    whole = timedelta(0)
    before: datetime | None = None
    for line in head[:_LOOKED_AT]:
        stamp = stamps.read(form, line[: stamps.LOOKED_AT], order)
        if stamp is None:
            continue
        if before is not None:
            whole += abs(stamp.naive - before)
        before = stamp.naive
    return whole


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

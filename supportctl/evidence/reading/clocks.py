"""Times of a day as people write them, with their zone and, where it stands beside, their day."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from supportctl.text.dates import days_in

ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120, "mez": 60,
    "mesz": 120, "eet": 120,
    "eest": 180, "msk": 180, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420, "jst": 540, "kst": 540, "sgt": 480, "hkt": 480, "aest": 600, "aedt": 660, "acst": 570, "awst": 480,
    "nzst": 720, "nzdt": 780, "brt": -180, "art": -180, "sast": 120, "gst": 240,
}  # fmt: skip
"""Minutes east of Greenwich, as most people mean these letters."""
LETTERS = "|".join(sorted((name for name in ZONES if name != "z"), key=len, reverse=True))
_ZONE = (
    rf"Z\b|(?:UTC|GMT)\s?[+-]\s?\d{{1,2}}(?::?\d\d)?|[+-]\d\d:?\d\d(?!\d)|\(?(?:{LETTERS})\b\)?|"
    r"\(?(?:Europe|America|Asia|Africa|Australia|Pacific|Atlantic)/[A-Za-z_]{2,30}(?:/[A-Za-z_]{2,30})?\)?|"
    r"(?i:eastern|central|pacific|mountain|[\w]{3,14}(?:er)?) (?i:time|zeit)(?: zone)?|(?:\w+ )?Ortszeit|"
    r"(?:à )?(?:l')?heure (?:de |d')[A-ZÀ-Ý]\w+|hora (?:de |del )[A-ZÀ-Ý]\w+|[(（]?(?:日本|日本標準)時間[)）]?|"
    r"(?i:local|server) (?i:time)"
)
_CLOCK = re.compile(
    rf"(?<![\d.:/-])(?P<hour>[01]?\d|2[0-3])(?P<mark>[:h.時点]|"
    rf"\s?Uhr\s?)(?P<minute>[0-5]\d)?(?:分)?(?::(?P<second>[0-5]\d)"
    rf"(?:[.,]\d{{1,9}})?)?(?P<half>\s?[ap]\.?m\b\.?)?(?:\s?(?:Uhr|h|hrs|heures|"
    rf"horas)\b)?(?:\s?,?\s?[(（]?(?P<zone>{_ZONE}))?(?![\d%])"
    rf"|(?<![\d.:])(?P<hour12>1[0-2]|0?[1-9])\s?(?P<half12>[ap]\.?m\b\.?)(?:\s?,?\s?[(（]?(?P<zone12>{_ZONE}))?",
    re.IGNORECASE,
)
_JAPANESE_HALF = re.compile(r"(午前|午後)\s?(\d{1,2})時(?:(\d{1,2})分)?")
_ISO = re.compile(
    r"(?P<date>20\d\d-[01]\d-[0-3]\d)[T ](?P<time>[0-2]\d:[0-5]\d(?::[0-5]\d)?)(?:[.,]\d{1,9})?"
    rf"(?:\s?[(（]?(?P<zone>{_ZONE}))?",
    re.IGNORECASE,
)


class When(NamedTuple):
    """One time as it is written."""

    written: str
    at: datetime | None
    """None: no date beside it."""
    zone: bool
    assumed: bool


def whens(text: str) -> list[When]:
    """Every time in a piece of text; it gets a day only where exactly one is named beside it."""
    found: list[When] = []
    spans: list[tuple[int, int]] = []
    for match in _ISO.finditer(text):
        zone = _offset(match["zone"])
        stamp = f"{match['date']}T{match['time']}"
        found.append(When(match[0].strip(), _aware(stamp, zone), zone is not None, zone is None))
        spans.append(match.span())
    days = days_in(text)
    for match in _CLOCK.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in spans) or not _is_clock(match, text):
            continue
        word = match["zone"] or match["zone12"]
        named = word is not None and not re.fullmatch(r"(?i)local time|server time|ortszeit", word.strip("()（） "))
        hour, minute = _hour(match)
        day = days[0] if len(days) == 1 else None
        offset = _offset(word)
        at = None
        if day is not None and hour is not None:
            at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=offset or UTC)
        found.append(When(match[0].strip(), at, named, offset is None))
    for japanese in _JAPANESE_HALF.finditer(text):
        if not any(each.written in japanese[0] or japanese[0] in each.written for each in found):
            found.append(When(japanese[0], None, False, True))
    return found


def _is_clock(match: re.Match[str], text: str) -> bool:
    """``10.15`` is a version, ``5 h`` a length of time: only a time where its form, or a word before it, says so."""
    if match["hour12"]:
        return True
    mark = (match["mark"] or "").strip().casefold()
    if mark in ("時", "点"):
        return not re.match(r"\s?間|\s?钟|\s?間半", text[match.end() :]) or bool(match["minute"])
    if mark == "uhr":
        return True
    if mark == "h":
        return match["minute"] is not None or bool(
            re.search(r"(?:vers|à|at|um|sobre las|às)\s$", text[: match.start()])
        )
    if match["minute"] is None:
        return False
    if mark == ".":
        after = text[match.start() : match.end() + 6]
        return bool(re.search(r"\d\d\s?(?:Uhr|h\b|[ap]\.?m)", after)) or bool(match["zone"])
    return True


def _hour(match: re.Match[str]) -> tuple[int | None, int]:
    hour = int(match["hour"] or match["hour12"])
    half = (match["half"] or match["half12"] or "").strip().casefold().replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    return (hour if hour < 24 else None), int(match["minute"] or 0)


def _offset(word: str | None) -> timezone | ZoneInfo | None:
    """The zone these letters mean; None for "local time" and names of towns."""
    if not word:
        return None
    text = word.strip("()（） ").casefold()
    if text in ZONES:
        return timezone(timedelta(minutes=ZONES[text]))
    if (match := re.fullmatch(r"(?:utc|gmt)?\s?([+-])\s?(\d{1,2}):?(\d\d)?", text)) is not None:
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    if "/" in text:
        try:
            return ZoneInfo(word.strip("()（） "))
        except (ValueError, OSError, LookupError):
            return None
    return timezone(timedelta(hours=9)) if "日本" in text else None


def _aware(stamp: str, zone: timezone | ZoneInfo | None) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=zone or UTC)
    except ValueError:
        return None

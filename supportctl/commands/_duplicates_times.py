"""Options that are lengths of time or days."""

from datetime import timedelta

from supportctl.errors import UsageError

YEAR = timedelta(days=365)
"""The usual window."""
WINDOW = "say how much older a candidate may be, as in --window 90d"


def window(text: str) -> timedelta:
    """Of ``--window``, at least a minute."""
    from supportctl.query.times import BadTimeError, duration

    try:
        found = duration(text)
    except BadTimeError as error:
        raise UsageError(f"--window {text[:40]!r}: {error}", hint=WINDOW) from None
    if found < timedelta(minutes=1):
        raise UsageError("--window is at least one minute", hint=WINDOW)
    return found


def days(text: str) -> float:
    return window(text) / timedelta(days=1)


def whole_days(text: str) -> int:
    """As the protocol of comparisons counts: at least one."""
    return max(1, round(days(text)))


def since(text: str | None, option: str = "--since") -> float | None:
    from supportctl.query.times import BadTimeError, moment

    if text is None:
        return None
    try:
        return moment(text)[0].timestamp()
    except BadTimeError as error:
        raise UsageError(f"{option} {text[:40]!r}: {error}", hint=f"as in {option} 2026-01-31") from None

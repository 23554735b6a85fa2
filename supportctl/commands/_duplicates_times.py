"""Options that are lengths of time or days."""

from datetime import timedelta

from supportctl.errors import UsageError


def days(text: str) -> float:
    from supportctl.query.times import BadTimeError, duration

    try:
        found = duration(text).total_seconds() / 86_400
    except BadTimeError as error:
        raise UsageError(f"--window {text!r}: {error}") from None
    if found <= 0:
        raise UsageError("--window is at least one minute")
    return found


def window(text: str) -> timedelta:
    return timedelta(days=days(text))


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
        raise UsageError(f"{option} {text!r}: {error}") from None

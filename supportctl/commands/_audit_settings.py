"""``audit --set NAME=VALUE``: one setting of the audit as text."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.audit import Settings

OTHERWISE = ("persona",)
"""Settings that have an option of their own."""


def settings(pairs: Sequence[str], **fixed: Any) -> "Settings":
    """``stale.p1=12h``, ``closure_field=Root cause``, ``ignored_tags=spam,test``; ``one_team`` once per team.

    Raises `UsageError` naming the setting, what it takes and the nearest known name.
    """
    import msgspec

    from supportctl.audit import Settings

    known = tuple(name for name in Settings.__struct_fields__ if name not in OTHERWISE)
    defaults = Settings()
    values: dict[str, Any] = dict(fixed)
    for pair in pairs:
        head, equals, text = (part.strip() for part in pair.partition("="))
        name, dot, inner = head.partition(".")
        if not equals:
            raise UsageError(f"--set takes NAME=VALUE; got {pair[:60]!r}", hint=_listing(known))
        if name not in known:
            raise UsageError(f"there is no setting {name[:40]!r}{_guess(name, known)}", hint=_listing(known))
        default = getattr(defaults, name)
        if isinstance(default, dict):
            values.setdefault(name, {})[_inner(name, inner)] = _duration(head, text) if name != "severities" else text
        elif dot:
            raise UsageError(f"the setting {name!r} has no parts", hint=f"write {name}=VALUE")
        elif name == "one_team":
            values.setdefault(name, []).append(_words(text))
        elif isinstance(default, tuple):
            values[name] = _words(text)
        else:
            values[name] = _duration(head, text) if isinstance(default, timedelta) else text
        try:
            msgspec.convert(values, Settings, strict=False)
        except msgspec.ValidationError as error:
            reason = str(error).partition(" - ")[0]
            raise UsageError(f"{head[:40]} cannot be {text[:40]!r}: {reason}", hint="see docs/audit.md") from None
    return msgspec.convert(values, Settings, strict=False)


def _inner(name: str, inner: str) -> str:
    if name == "severities":
        from supportctl.audit import find

        return find(inner).code
    places = ("p1", "p2", "p3", "p4", "p5", "other")
    if inner not in places:
        raise UsageError(f"the setting {name!r} is one per priority", hint=f"{name}.p1=4h; parts: {', '.join(places)}")
    return inner


def _duration(head: str, text: str) -> timedelta:
    from supportctl.query.times import BadTimeError, duration

    try:
        return duration(text)
    except BadTimeError as bad:
        raise UsageError(f"{head} cannot be {text[:40]!r}: {bad}", hint=f"for example {head}=12h") from None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _guess(name: str, known: Sequence[str]) -> str:
    from supportctl.query.fields import guess

    close = guess(name, known)
    return f": did you mean {close!r}?" if close else ""


def _listing(known: Sequence[str]) -> str:
    return f"settings: {', '.join(known)}"

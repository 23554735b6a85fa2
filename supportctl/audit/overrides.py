"""``--set NAME=VALUE``: one setting, or one option of a rule, as text. It wins over the project's file."""

from collections.abc import Sequence
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from supportctl.audit import declared
from supportctl.audit.bounds import beyond
from supportctl.audit.declared import NOTHING, PRIORITIES, Problem
from supportctl.audit.registry import find, names
from supportctl.audit.rule import Rule
from supportctl.audit.settings import Settings
from supportctl.errors import UsageError
from supportctl.model import Severity
from supportctl.query.fields import guess
from supportctl.text.fold import fold_word

OTHERWISE = ("persona", "options")
"""Settings that are said in another way."""
KNOWN = tuple(name for name in Settings.__struct_fields__ if name not in OTHERWISE)
LISTS_IN_CALENDARS = ("hours", "holidays")


class Overrides(msgspec.Struct, kw_only=True):
    """What was said so far, from the file and then from the command line."""

    settings: dict[str, Any]
    options: dict[str, dict[str, Any]]
    severities: dict[str, Severity]
    named: list[str] = []
    """What the command line said, in order."""

    def apply(self, pairs: Sequence[str], rules: Sequence[Rule]) -> None:
        """Raises `UsageError` naming the setting, what it takes and the nearest known name."""
        for pair in pairs:
            head, equals, text = (part.strip() for part in pair.partition("="))
            name, dot, inner = head.partition(".")
            if not equals:
                raise UsageError(f"--set takes NAME=VALUE; got {pair[:60]!r}", hint=_listing())
            if name in KNOWN:
                self.setting(name, inner, text, bool(dot), rules)
            elif dot and (rule := _rule(name, rules)) is not None:
                self.option(rule, inner, text)
            else:
                raise _unknown(name, rules)

    def setting(self, name: str, inner: str, text: str, dotted: bool, rules: Sequence[Rule]) -> None:
        kind = get_type_hints(Settings)[name]
        if name == "severities":
            code = find(inner, rules).code
            self.severities[code] = _read(text, Severity, (name, code))
            self.named.append(f"{name}.{code}")
        elif name == "calendars":
            self.calendar(inner, text)
        elif get_origin(kind) is dict:
            if not inner:
                raise UsageError(f"the setting {name!r} has parts", hint=_parts(name, kind))
            part = {inner: declared.text_value(text, get_args(kind)[1])}
            self.settings[name] = {**self.settings.get(name, {}), **_converted(part, kind, (name,))}
            self.named.append(f"{name}.{inner}")
        elif dotted:
            raise UsageError(f"the setting {name!r} has no parts", hint=f"write {name}=VALUE")
        else:
            self.settings[name] = self.said(text, kind, (name,), self.settings.get(name, ()))
            _check_bounds(Settings, name, self.settings[name], name)
            self.named.append(name)

    def calendar(self, inner: str, text: str) -> None:
        name, _, field = inner.partition(".")
        if not name or not field:
            raise UsageError("a calendar is set field by field", hint="calendars.support.hours='mon-fri 09:00-17:00'")
        value = declared.text_value(text, tuple[str, ...]) if field in LISTS_IN_CALENDARS else text
        calendars = self.settings.get("calendars", {})
        self.settings["calendars"] = {**calendars, name: {**calendars.get(name, {}), field: value}}
        self.named.append(f"calendars.{name}.{field}")

    def option(self, rule: Rule, inner: str, text: str) -> None:
        """``TIM502.days.p1=10``, ``TIM502.severity=low``."""
        name, dot, part = inner.partition(".")
        if name == "severity":
            self.severities[rule.code] = _read(text, Severity, (rule.code, name))
            self.named.append(f"severities.{rule.code}")
            return
        hints = {} if rule.options is None else get_type_hints(rule.options)
        known = [] if rule.options is None else list(rule.options.__struct_fields__)
        if name not in known:
            close = guess(name, known) if name else None
            meant = f": did you mean {close!r}?" if close else ""
            told = f"its options: {', '.join([*known, 'severity'])}"
            raise UsageError(f"{rule.code} has no option {name[:40]!r}{meant}", hint=told)
        kind, path = hints[name], (rule.code, name)
        held = self.options.setdefault(rule.code, {})
        if get_origin(kind) is dict:
            if not part:
                raise UsageError(f"the option {name!r} of {rule.code} has parts", hint=f"{rule.code}.{name}.PART=VALUE")
            raw = {part: declared.text_value(text, get_args(kind)[1])}
            held[name] = {**held.get(name, {}), **_converted(raw, kind, path)}
        elif dot:
            raise UsageError(f"the option {name!r} of {rule.code} has no parts", hint=f"{rule.code}.{name}=VALUE")
        else:
            held[name] = self.said(text, kind, path, held.get(name, ()))
        if rule.options is not None:
            _check_bounds(rule.options, name, held[name], f"{rule.code}.{name}")
        _check_options(rule, held)
        self.named.append(f"{rule.code}.{name}")

    def said(self, text: str, kind: Any, path: tuple[str, ...], held: Any) -> Any:
        """A list of lists is said once for each: the first time takes the place of what the file says."""
        if get_origin(kind) is tuple and get_origin(get_args(kind)[0]) is tuple:
            before = held if ".".join(path) in self.named else ()
            return (*before, _read(text, get_args(kind)[0], path))
        return _read(text, kind, path)


def _read(text: str, kind: Any, path: tuple[str, ...]) -> Any:
    return _converted(declared.text_value(text, kind), kind, path)


def _converted(value: Any, kind: Any, path: tuple[str, ...]) -> Any:
    problems: list[Problem] = []
    read = declared.convert(value, kind, path, problems)
    if problems or read is NOTHING:
        raise UsageError(problems[0].message, hint=problems[0].hint or "supportctl config show lists all settings")
    return read


def _check_bounds(kind: type[msgspec.Struct], name: str, value: Any, told: str) -> None:
    if why := beyond(kind, name, value):
        raise UsageError(f"{told} cannot be that: {why}", hint="supportctl config show lists all settings")


def _check_options(rule: Rule, values: dict[str, Any]) -> None:
    if rule.options is not None and (why := refused(rule.options, values)):
        raise UsageError(f"{rule.code}: {why}", hint=f"supportctl rule {rule.code} lists its options")


def refused(kind: type[msgspec.Struct], values: dict[str, Any]) -> str | None:
    """Why values that are right one by one cannot be used: bounds, and what does not go together."""
    try:
        msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _rule(name: str, rules: Sequence[Rule]) -> Rule | None:
    wanted = fold_word(name)
    return next((rule for rule in rules if wanted in names(rule)), None)


def _unknown(name: str, rules: Sequence[Rule]) -> UsageError:
    close = guess(name, [*KNOWN, *(rule.code for rule in rules)])
    meant = f": did you mean {close!r}?" if close else ""
    return UsageError(f"there is no setting {name[:40]!r}{meant}", hint=_listing())


def _parts(name: str, kind: Any) -> str:
    from datetime import timedelta

    timed = get_args(kind)[1] is timedelta
    return f"{name}.p1=4h; parts: {', '.join(PRIORITIES)}" if timed else f"{name}.PART=VALUE"


def _listing() -> str:
    return f"settings: {', '.join(KNOWN)}; options of a rule: CODE.NAME=VALUE"

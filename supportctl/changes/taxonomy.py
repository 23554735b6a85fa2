"""A team's own list of tags: canonical tags with their aliases, families a ticket needs one of, tags to leave alone.

    ignore = ["bump*", "/^auto_/"]        # globs, or regular expressions between slashes

    [tags]
    vpn = ["vpn-issue", "VPN_problem"]
    mail = []

    [families.product]
    tags = ["vpn", "mail"]
    need = "one"                          # exactly one; "some" is at least one

In a file of its own, or under ``[taxonomy]`` in ``supportctl.toml``.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path
from typing import Any

from supportctl.adapters.base import Capabilities
from supportctl.adapters.writing import TagWish
from supportctl.changes.tags import suggestion
from supportctl.errors import DataError, UsageError

PROJECT_FILE = "supportctl.toml"
NEEDS = ("one", "some")


@dataclass(frozen=True, kw_only=True)
class Family:
    name: str
    tags: tuple[str, ...]
    need: str
    """``one`` or ``some``."""


@dataclass(frozen=True, kw_only=True)
class Taxonomy:
    """Tags are held as written; ``fold`` says whether two that differ in case are one tag here."""

    aliases: Mapping[str, str]
    """Alias -> canonical tag."""
    canonical: tuple[str, ...]
    families: tuple[Family, ...] = ()
    ignored: tuple[re.Pattern[str], ...] = ()
    fold: bool = False
    _by_alias: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._by_alias.update({self.same(alias): tag for alias, tag in self.aliases.items()})

    def same(self, tag: str) -> str:
        return tag.casefold() if self.fold else tag

    def renamed(self, tag: str) -> str | None:
        """The canonical tag of an alias; None for a tag that stays."""
        canonical = self._by_alias.get(self.same(tag))
        return None if canonical is None or self.same(canonical) == self.same(tag) else canonical

    def wish(self, tags: Sequence[str]) -> TagWish | None:
        """Aliases away and their canonical tags there; None where the ticket has no alias."""
        aliases = [tag for tag in tags if self.renamed(tag) is not None and not self.ignores(tag)]
        if not aliases:
            return None
        return TagWish(add=list(dict.fromkeys(self.renamed(tag) or tag for tag in aliases)), remove=aliases)

    def reason(self, wish: TagWish) -> str:
        """``vpn-issue → vpn``."""
        return ", ".join(f"{alias} → {self.renamed(alias)}" for alias in wish.remove)

    def lacking(self, tags: Iterable[str]) -> list[str]:
        """What a ticket with these tags misses: ``no tag of product``, ``2 tags of product``."""
        held = {self.same(self.renamed(tag) or tag) for tag in tags if not self.ignores(tag)}
        lacks = []
        for family in self.families:
            number = len(held & {self.same(tag) for tag in family.tags})
            if not number or (number > 1 and family.need == "one"):
                lacks.append(f"{number or 'no'} tag{'' if number in (0, 1) else 's'} of {family.name}")
        return lacks

    def strangers(self, tags: Iterable[str]) -> list[str]:
        """Tags that are in no list."""
        known = {self.same(tag) for tag in self.canonical} | set(self._by_alias)
        return [tag for tag in tags if self.same(tag) not in known and not self.ignores(tag)]

    def ignores(self, tag: str) -> bool:
        return any(pattern.search(tag) for pattern in self.ignored)


def pair(old: str, new: str, capabilities: Capabilities) -> Taxonomy:
    """The taxonomy of one renaming. Raises `UsageError` when both are the same tag here."""
    taxonomy = Taxonomy(aliases={old: new}, canonical=(new,), fold=capabilities.tags_fold_case)
    if taxonomy.same(old) == taxonomy.same(new):
        raise UsageError(
            f"{old!r} and {new!r} are the same tag on {capabilities.platform}; nothing was changed",
            hint="case makes no difference there" if old != new else None,
        )
    return taxonomy


def load(path: str | None, capabilities: Capabilities) -> Taxonomy:
    """From the file given, else from ``supportctl.toml`` here.

    Raises `UsageError` when there is none, `DataError` naming the line of what cannot be right.
    """
    place = Path(path) if path is not None else Path(PROJECT_FILE)
    try:
        text = place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        if path is None and isinstance(error, FileNotFoundError):
            raise UsageError(
                f"no taxonomy: there is no {PROJECT_FILE} here; nothing was changed", hint="give one: --taxonomy FILE"
            ) from None
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DataError(f"cannot read the taxonomy {place}: {why}; nothing was changed") from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"the taxonomy {place} cannot be read: {error}; nothing was changed") from None
    if path is None or "taxonomy" in document:
        document = document.get("taxonomy", {})
        if not document:
            raise UsageError(f"{place} has no [taxonomy.tags]; nothing was changed", hint="give one: --taxonomy FILE")
    return _Reading(place, text, capabilities).taxonomy(document)


class _Reading:
    def __init__(self, place: Path, text: str, capabilities: Capabilities) -> None:
        self.place = place
        self.lines = text.splitlines()
        self.capabilities = capabilities
        self.pattern = re.compile(capabilities.tag_pattern)

    def refuse(self, word: str, what: str, hint: str | None = None) -> DataError:
        """An error that names the line a word stands on."""
        number = next((at for at, line in enumerate(self.lines, 1) if _holds(line, word)), None)
        where = f"{self.place}, line {number}" if number else str(self.place)
        return DataError(f"{where}: {what}; nothing was changed", hint=hint)

    def taxonomy(self, document: Mapping[str, Any]) -> Taxonomy:
        for name in document:
            if name not in ("tags", "families", "ignore"):
                raise self.refuse(name, f"unknown key {name!r}", "a taxonomy has tags, families and ignore")
        tags = self.table(document, "tags")
        if not tags:
            raise self.refuse("tags", "there are no tags", "[tags] holds lines such as: vpn = ['vpn-issue']")
        aliases = self.aliases(tags)
        ignored = tuple(self.ignoring(each) for each in self.words("ignore", document.get("ignore", [])))
        for tag in (*aliases, *tags):
            if any(pattern.search(tag) for pattern in ignored):
                raise self.refuse(tag, f"the tag {tag!r} is listed and ignored as well")
        families = tuple(self.family(name, value, tags) for name, value in self.table(document, "families").items())
        return Taxonomy(
            aliases=aliases,
            canonical=tuple(tags),
            families=families,
            ignored=ignored,
            fold=self.capabilities.tags_fold_case,
        )

    def aliases(self, tags: Mapping[str, Any]) -> dict[str, str]:
        """Alias -> canonical. One alias, one meaning; no alias is itself a tag to keep."""
        canonical: dict[str, str] = {}
        for tag in tags:
            self.valid(tag)
            if self.same(tag) in canonical:
                raise self.refuse(tag, f"{tag!r} and {canonical[self.same(tag)]!r} are the same tag here")
            canonical[self.same(tag)] = tag
        known: dict[str, str] = {}
        aliases: dict[str, str] = {}
        for tag, value in tags.items():
            for alias in self.words(tag, value):
                same = self.same(alias)
                if alias == tag or (same in canonical and canonical[same] != tag):
                    raise self.refuse(alias, self._circle(alias, tag, tags))
                if same in known:
                    other = "twice" if known[same] == tag else f"for {known[same]!r} and for {tag!r}"
                    raise self.refuse(alias, f"the alias {alias!r} stands there {other}")
                known[same] = tag
                if same != self.same(tag):
                    aliases[alias] = tag
        return aliases

    def _circle(self, alias: str, tag: str, tags: Mapping[str, Any]) -> str:
        if alias == tag:
            return f"{tag!r} is an alias of itself"
        back = tags.get(alias)
        if isinstance(back, list) and tag in back:
            return f"{tag!r} and {alias!r} are aliases of each other"
        return f"the alias {alias!r} of {tag!r} is a canonical tag itself"

    def family(self, name: str, value: Any, tags: Mapping[str, Any]) -> Family:
        if not isinstance(value, dict) or value.keys() - {"tags", "need"}:
            raise self.refuse(name, f"the family {name!r} has tags and need, nothing else")
        members = tuple(self.words(name, value.get("tags", [])))
        need = value.get("need", "some")
        if need not in NEEDS:
            raise self.refuse(name, f"the family {name!r} needs {' or '.join(NEEDS)}")
        if not members:
            raise self.refuse(name, f"the family {name!r} has no tags")
        known = {self.same(tag) for tag in tags}
        for tag in members:
            if self.same(tag) not in known:
                raise self.refuse(tag, f"{tag!r} of the family {name!r} is no canonical tag", "list it under [tags]")
        return Family(name=name, tags=members, need=need)

    def ignoring(self, text: str) -> re.Pattern[str]:
        flags = re.IGNORECASE if self.capabilities.tags_fold_case else re.NOFLAG
        if len(text) > 2 and text.startswith("/") and text.endswith("/"):
            try:
                return re.compile(text[1:-1], flags)
            except re.error as error:
                raise self.refuse(text, f"{text!r} is no regular expression: {error}") from None
        return re.compile(rf"\A{translate(text)}", flags)

    def table(self, document: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = document.get(name, {})
        if not isinstance(value, dict):
            raise self.refuse(name, f"{name!r} is no table")
        return value

    def words(self, name: str, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.refuse(name, f"{name!r} is no list of texts", f"write {name} = ['one', 'two'], or []")
        return list(value)

    def valid(self, tag: str) -> None:
        """Only what is to be written must be a tag the platform takes; an alias may be older than the rule."""
        if not self.pattern.fullmatch(tag):
            raise self.refuse(
                tag,
                f"{self.capabilities.platform} refuses the tag {tag!r} ({self.capabilities.tag_rule})",
                suggestion(tag, self.pattern),
            )

    def same(self, tag: str) -> str:
        return tag.casefold() if self.capabilities.tags_fold_case else tag


def _holds(line: str, word: str) -> bool:
    """Whether a line of TOML holds this word as a key or a text (not as a part of another)."""
    before = line.partition("#")[0] if '"' not in line and "'" not in line else line
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", before) is not None

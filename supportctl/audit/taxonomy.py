"""The tags a team has agreed on, and where any other tag stands to them.

Every tag is in exactly one standing, so that two rules never report the same tag: CLS105 takes those that look like a
tag of the taxonomy, CLS104 the others.
"""

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

import msgspec

from supportctl.audit.rule import ALL, ONE, Context, Options
from supportctl.audit.settings import Settings
from supportctl.model import Platform, Ticket
from supportctl.text.fold import fold_word
from supportctl.text.spelling import digits, distance, skeleton

SYSTEM_TAGS: tuple[str, ...] = (
    # Zendesk: merging, redaction, mail, chat, bots and intelligent triage
    "closed_by_merge", "system_*", "zopim_*", "web_widget", "ar_suggest_*", "ar_marked_*", "ab_suggest_*",
    "ab_marked_*", "ab_resolved", "answer_bot_*", "intent__*", "intent_confidence__*", "sentiment__*",
    "sentiment_confidence__*", "language__*", "language_confidence__*", "jira_escalated",
    # the usual automations: reminders, and tickets these leave alone
    "bump", "bumped", "bump_*", *(f"bump{n}" for n in range(1, 10)), "skip_*", "no_autosolve", "autosolve*",
    "auto_solve*",
    # this tool
    ALL, f"{ONE}*",
)  # fmt: skip
"""Patterns of tags that machines set. Patterns of one's own come besides, see `Settings.system_tags`."""


class SpellingOptions(Options, frozen=True):
    """Of CLS105. They decide as well what is left to CLS104."""

    distinct: tuple[tuple[str, str], ...] = ()
    """Pairs that look alike and are not the same thing: a tag off the taxonomy and one of it."""


class Standing(Enum):
    ALLOWED = "allowed"
    SYSTEM = "system"
    ALIAS = "alias"
    """The settings say what it stands for."""
    SPELT = "spelt"
    """A tag of the taxonomy but for case and what stands between its words."""
    NEAR = "near"
    """A plural or a likely slip of a tag of the taxonomy."""
    STRANGE = "strange"


class Place(msgspec.Struct, frozen=True):
    standing: Standing
    targets: tuple[str, ...] = ()
    """The tags it may stand for, the likeliest first; one: no doubt which."""
    edits: int = 0


_MEMORY = 50_000


class Taxonomy:
    """Asked about the same few tags a million times: answers are remembered."""

    def __init__(self, settings: Settings, distinct: Iterable[tuple[str, str]] = ()) -> None:
        tags = [tag for tag in settings.tags if not _is_pattern(tag)]
        self._allowed = {written: frozenset(_as(tag, written) for tag in tags) for written in _WRITTEN}
        self._families = matcher(tuple(filter(_is_pattern, settings.tags)))
        self._targets = {fold_word(tag): tag for tag in tags}
        self._aliases = {fold_word(alias): target for alias, target in settings.tag_aliases.items()}
        self._meaningful = frozenset(
            map(fold_word, (*settings.ignored_tags, *settings.exempt_tags, *settings.escalated_tags))
        )
        self._system = matcher((*SYSTEM_TAGS, *settings.system_tags))
        self._distinct = {frozenset(map(fold_word, pair)) for pair in distinct}
        self._spelt: dict[str, list[str]] = {}
        self._index: dict[tuple[str, str], list[str]] = {}
        for tag in tags:
            self._spelt.setdefault(skeleton(tag), []).append(tag)
            # By the second letter too: the first two may have changed places.
            for start in {fold_word(tag)[:1], fold_word(tag)[1:2]}:
                self._index.setdefault((digits(fold_word(tag)), start), []).append(tag)
        self._known: dict[tuple[str, str], Place] = {}

    def place(self, tag: str, platform: Platform) -> Place:
        written = "lower" if platform is Platform.ZENDESK else "any" if platform is Platform.SERVICENOW else "exact"
        key = (written, tag)
        if (found := self._known.get(key)) is None:
            if len(self._known) >= _MEMORY:
                self._known.clear()
            found = self._known[key] = self._look(tag, written)
        return found

    def _look(self, tag: str, written: str) -> Place:
        folded = fold_word(tag)
        if (folded if written == "any" else tag) in self._allowed[written] or self._families.fullmatch(folded):
            return Place(Standing.ALLOWED)
        if folded in self._aliases:
            target = self._end_of(folded)
            return Place(Standing.ALIAS, (_as(target, written),) if target else ())
        if folded in self._meaningful or self._system.fullmatch(folded):
            return Place(Standing.SYSTEM)
        if spelt := self._not_distinct(folded, self._spelt.get(skeleton(tag), ())):
            return Place(Standing.SPELT, tuple(_as(each, written) for each in spelt))
        near = sorted(
            (edits, each)
            for each in self._not_distinct(folded, self._index.get((digits(folded), folded[:1]), ()))
            if (edits := distance(folded, fold_word(each))) is not None
        )
        if near:
            least = near[0][0]
            return Place(Standing.NEAR, tuple(_as(each, written) for edits, each in near if edits == least), least)
        return Place(Standing.STRANGE)

    def _not_distinct(self, folded: str, tags: Iterable[str]) -> list[str]:
        return [each for each in tags if frozenset((folded, fold_word(each))) not in self._distinct]

    def _end_of(self, alias: str) -> str | None:
        """An alias of an alias is followed to its end; None: it goes in a circle, or ends outside the taxonomy."""
        seen: set[str] = set()
        while alias in self._aliases and alias not in self._targets:
            if alias in seen:
                return None
            seen.add(alias)
            alias = fold_word(self._aliases[alias])
        return self._targets.get(alias)


def _is_pattern(tag: str) -> bool:
    return "*" in tag or "?" in tag


_WRITTEN = ("exact", "lower", "any")


def _as(tag: str, written: str) -> str:
    """How the platform would write it: Zendesk in lower case and without spaces; ServiceNow takes any case."""
    if written == "lower":
        return fold_word(tag).replace(" ", "_")
    return fold_word(tag) if written == "any" else tag


class Matcher:
    """Of folded tags."""

    def __init__(self, globs: re.Pattern[str], expressions: tuple[re.Pattern[str], ...]) -> None:
        self._globs = globs
        self._expressions = expressions

    def fullmatch(self, tag: str) -> bool:
        """Whether a glob covers the whole tag, or an expression is found in it."""
        return self._globs.fullmatch(tag) is not None or any(each.search(tag) for each in self._expressions)


@lru_cache(maxsize=256)
def matcher(patterns: tuple[str, ...]) -> Matcher:
    """Of tags that one of the ``patterns`` covers: globs (``*``, ``?``), or expressions between slashes."""
    expressions = {each: found for each in patterns if (found := _expression(each)) is not None}
    globs = (each for each in patterns if each and each not in expressions)
    escaped = (re.escape(fold_word(each)).replace(r"\*", ".*").replace(r"\?", ".") for each in globs)
    return Matcher(re.compile("|".join(dict.fromkeys(escaped)), re.DOTALL), tuple(expressions.values()))


def _expression(pattern: str) -> re.Pattern[str] | None:
    """``/^auto_/``; what is no regular expression is taken as it stands."""
    if len(pattern) < 3 or not (pattern.startswith("/") and pattern.endswith("/")):
        return None
    try:
        return re.compile(pattern[1:-1], re.IGNORECASE)
    except re.error:
        return None


def taxonomy(context: Context) -> Taxonomy:
    """The one of this run, made once."""
    made: Taxonomy | None = context.__dict__.get("taxonomy_made")
    if made is None:
        made = Taxonomy(context.settings, context.options("CLS105", SpellingOptions).distinct)
        context.__dict__["taxonomy_made"] = made
    return made


def without_taxonomy(context: Context) -> str | None:
    """Why rules about tags are silent."""
    return None if context.settings.tags else "there is no taxonomy; list the tags there should be in the setting tags"


def of_form(ticket: Ticket) -> frozenset[str]:
    """Zendesk keeps the chosen options of custom fields among the tags as well: these are the form's."""
    found: set[str] = set()
    for field in ticket.custom:
        if isinstance(field.value, str):
            found.add(fold_word(field.value))
        elif isinstance(field.value, list):
            found.update(fold_word(item) for item in field.value if isinstance(item, str))
    return frozenset(found)

import re
from collections.abc import Iterator
from typing import ClassVar, Self

from supportctl.adapters.base import Need
from supportctl.audit.rule import ALL, ONE, Context, Options, QueueFault, QueueRule, Watch
from supportctl.audit.scope import is_noise
from supportctl.audit.taxonomy import SYSTEM_TAGS, matcher, of_form
from supportctl.audit.verdict import Fault
from supportctl.model import Confidence, Evidence, Platform, Severity, Ticket
from supportctl.text.fold import fold_word
from supportctl.text.spelling import skeleton

_BETWEEN = re.compile(r"[\W_]+")
_NO_PLURALS = frozenset((
    "access", "address", "analytics", "billings", "business", "chrome", "chromebooks", "class", "css", "dns",
    "docs", "glasses", "goods", "headquarters", "https", "insights", "ios", "kubernetes", "linus", "logs",
    "macos", "maps", "news", "operations", "os", "os2", "press", "process", "progress", "redis", "sales",
    "saas", "series", "services", "settings", "status", "teams", "tls", "tos", "ups", "virus", "windows",
))  # fmt: skip
"""Words that end like a plural and are names of their own."""


_SHOWN = 10
"""Families, and spellings of each, that a finding tells."""


class TagSprawlOptions(Options, frozen=True):
    once: float = 0.5
    """From this share of tags used on one ticket only on, the tags are a sprawl."""
    tags: int = 40
    """With fewer different tags the share says nothing."""
    plurals: bool = True
    """Whether ``printer`` and ``printers`` are one family."""
    distinct: tuple[tuple[str, str], ...] = ()
    """Pairs of tags that look alike and are not the same thing."""


class TagSprawl(QueueRule):
    """Tags are made up as people go: most are used once, or one thing has several spellings.

    ## What it does
    Reports a queue in which some tags have several spellings: they differ in case, in what stands between their words,
    or as singular and plural only (`vpn-issue`, `VPN_issues`). Reports it as well when more than half of at least 40
    different tags stand on one ticket each.

    ## Why is this bad?
    A search for one spelling misses the others, so every count by tag is too low. A tag used once groups nothing.

    ## Example
    `log-in`, `login` and `Login`: 40, 12 and 3 tickets.

    ## Fix
    Keep the most frequent spelling, make the others its aliases (setting `tag_aliases`), and let
    `tag apply-aliases` plan the change.

    ## False positives
    Tags that machines set, options of form fields (Zendesk keeps them among the tags), tags that excuse a ticket, and
    aliases the settings know already are not counted. Two tags that both stand in the taxonomy are two things. Where
    the platform does not tell cases apart, neither does the rule. Pairs that only look alike go into `distinct`.

    ## Fields
    Zendesk `tags`, Jira labels, ServiceNow tags. Memory: a counter for each different tag.
    """

    code = "QUE902"
    name = "tag-sprawl"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    whole = True
    needs: ClassVar[frozenset[Need]] = frozenset({Need.TAGS})
    wants: ClassVar[frozenset[Need]] = frozenset({Need.CUSTOM})
    fields: ClassVar[frozenset[str]] = frozenset({"tags"})
    options = TagSprawlOptions

    def start(self, context: Context) -> Watch:
        return TagWatch(context)


class TagWatch:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._options = context.options(TagSprawl.code, TagSprawlOptions)
        self._counts: dict[Platform, dict[str, int]] = {}
        self.eligible = 0

    def see(self, ticket: Ticket) -> None:
        if not ticket.tags or not ticket.knows("tags") or is_noise(ticket, self._context):
            return
        of_fields = of_form(ticket) if ticket.custom and ticket.platform is Platform.ZENDESK else frozenset()
        counts = self._counts.setdefault(ticket.platform, {})
        for tag in {self._written(tag) for tag in ticket.tags}:
            if not of_fields or fold_word(tag) not in of_fields:
                counts[tag] = counts.get(tag, 0) + 1

    def merge(self, other: Self) -> None:
        for platform, theirs in other._counts.items():
            counts = self._counts.setdefault(platform, {})
            for tag, number in theirs.items():
                counts[tag] = counts.get(tag, 0) + number

    def finish(self) -> Iterator[QueueFault]:
        for platform, every in self._counts.items():
            counts = self._without_machines(every)
            if not counts:
                continue
            self.eligible += 2
            for fault in (self._spellings(counts), self._once(counts)):
                if fault is not None:
                    yield QueueFault(platform=platform, fault=fault)

    def _written(self, tag: str) -> str:
        return fold_word(tag) if self._context.capabilities.tags_fold_case else tag

    def _without_machines(self, counts: dict[str, int]) -> dict[str, int]:
        settings = self._context.settings
        known = {*settings.ignored_tags, *settings.exempt_tags, *settings.escalated_tags, *settings.tag_aliases}
        known = {fold_word(tag) for tag in known}
        machine = matcher((*SYSTEM_TAGS, *settings.system_tags, ALL, f"{ONE}*"))
        return {
            tag: number
            for tag, number in counts.items()
            if fold_word(tag) not in known and not machine.fullmatch(fold_word(tag))
        }

    def _families(self, counts: dict[str, int]) -> list[list[str]]:
        """Tags of one stem, the most used first."""
        stems: dict[str, list[str]] = {}
        for tag in counts:
            stems.setdefault(self._stem(tag), []).append(tag)
        return [sorted(family, key=lambda tag: (-counts[tag], tag)) for _, family in sorted(stems.items())]

    def _stem(self, tag: str) -> str:
        bare = skeleton(tag)
        return _singular(bare, fold_word(tag)) if self._options.plurals else bare

    def _is_mixed(self, family: list[str]) -> bool:
        if len(family) < 2:
            return False
        meant = {fold_word(tag) for tag in self._context.settings.tags}
        if sum(fold_word(tag) in meant for tag in family) == len(family) and len({*map(fold_word, family)}) > 1:
            return False
        distinct = {frozenset(map(fold_word, pair)) for pair in self._options.distinct}
        first = fold_word(family[0])
        return any(frozenset((first, fold_word(tag))) not in distinct for tag in family[1:])

    def _spellings(self, counts: dict[str, int]) -> Fault | None:
        """The families of which one spelling should stay, those on most tickets first."""
        mixed = [family for family in self._families(counts) if self._is_mixed(family)]
        if not mixed:
            return None
        mixed.sort(key=lambda family: (-sum(counts[tag] for tag in family[1:]), family))
        told = [", ".join(f"{tag} {counts[tag]}" for tag in family[:_SHOWN]) for family in mixed[:_SHOWN]]
        tickets = sum(counts[tag] for family in mixed for tag in family[1:])
        some = " / ".join(mixed[0][:_SHOWN])
        return Fault(
            message=f"{len(mixed)} tag{'s have' if len(mixed) > 1 else ' has'} several spellings, such as {some}",
            seen="spellings",
            evidence=[
                Evidence(field="tags", seen=f"{tickets} uses of a spelling that is not the usual one"),
                *(Evidence(field="tags", seen=family) for family in told),
            ],
            threshold="case, separators and plural (default)" if self._options.plurals else "case and separators",
            passes="one spelling each, the others being aliases of it in the setting tag_aliases",
        )

    def _once(self, counts: dict[str, int]) -> Fault | None:
        options = self._options
        once = sum(number == 1 for number in counts.values())
        if len(counts) < options.tags or once <= options.once * len(counts):
            return None
        return Fault(
            message=f"{once / len(counts):.0%} of {len(counts)} different tags are used on one ticket only",
            seen="used once",
            evidence=[Evidence(field="tags", seen=f"{once} of {len(counts)} used once")],
            threshold=f"more than {options.once:.0%} of at least {options.tags} tags (options once, tags)",
            passes="fewer tags, from a list",
        )


def _singular(bare: str, folded: str) -> str:
    last = _BETWEEN.split(folded)[-1]
    if last in _NO_PLURALS or len(last) < 5 or not last.endswith("s") or last.endswith(("ss", "us", "is")):
        return bare
    if last.endswith("ies") and len(last) > 5:
        return bare.removesuffix("ies") + "y"
    if last.endswith(("xes", "ches", "shes", "sses")):
        return bare.removesuffix("es")
    return bare.removesuffix("s")

"""Every rule, by hand and in order. A test holds this list against the files in ``rules/``."""

from collections.abc import Iterable, Sequence

from supportctl.audit.profiles import in_profile
from supportctl.audit.rule import Rule
from supportctl.audit.rules.cls101_category_missing import CategoryMissing
from supportctl.audit.rules.com402_resolved_without_public_reply import ResolvedWithoutPublicReply
from supportctl.audit.rules.own201_unassigned import Unassigned
from supportctl.audit.rules.own204_ping_pong import PingPong
from supportctl.audit.rules.pri301_priority_missing import PriorityMissing
from supportctl.audit.rules.prv821_secret_in_ticket import SecretInTicket
from supportctl.audit.rules.que901_field_unused import FieldUnused
from supportctl.audit.rules.res601_closure_code_missing import ClosureCodeMissing
from supportctl.audit.rules.res602_resolution_on_open import ResolutionOnOpen
from supportctl.audit.rules.res603_resolution_notes_empty import ResolutionNotesEmpty
from supportctl.audit.rules.res604_notes_contradict_code import NotesContradictCode
from supportctl.audit.rules.res605_reopen_loop import ReopenLoop
from supportctl.audit.rules.res606_bulk_closed_burst import BulkClosedBurst
from supportctl.audit.rules.res607_closed_unworked import ClosedUnworked
from supportctl.audit.rules.res608_resolved_not_closed import ResolvedNotClosed
from supportctl.audit.rules.res609_workaround_without_problem import WorkaroundWithoutProblem
from supportctl.audit.rules.tim501_stale import Stale
from supportctl.audit.rules.tim502_aged_backlog import AgedBacklog
from supportctl.audit.rules.tim503_sla_breached_unexplained import SlaBreachedUnexplained
from supportctl.audit.rules.tim504_sla_missing import SlaMissing
from supportctl.audit.rules.tim505_sla_pause_excess import SlaPauseExcess
from supportctl.audit.rules.tim506_overdue_date import OverdueDate
from supportctl.audit.rules.tim507_off_hours_mismatch import OffHoursMismatch
from supportctl.audit.rules.tim508_timestamps_impossible import TimestampsImpossible
from supportctl.errors import UsageError
from supportctl.query.fields import guess
from supportctl.text.fold import fold_word

RULES: tuple[Rule, ...] = (
    CategoryMissing(),
    Unassigned(),
    PingPong(),
    PriorityMissing(),
    ResolvedWithoutPublicReply(),
    Stale(),
    AgedBacklog(),
    SlaBreachedUnexplained(),
    SlaMissing(),
    SlaPauseExcess(),
    OverdueDate(),
    OffHoursMismatch(),
    TimestampsImpossible(),
    ClosureCodeMissing(),
    ResolutionOnOpen(),
    ResolutionNotesEmpty(),
    NotesContradictCode(),
    ReopenLoop(),
    BulkClosedBurst(),
    ClosedUnworked(),
    ResolvedNotClosed(),
    WorkaroundWithoutProblem(),
    SecretInTicket(),
    FieldUnused(),
)


def find(word: str) -> Rule:
    """A rule by code, name or alias, in any case. Raises `UsageError` with the nearest match."""
    wanted = fold_word(word.strip())
    for rule in RULES:
        if wanted in names(rule):
            return rule
    close = guess(word, [name for rule in RULES for name in (rule.code, rule.name, *rule.aliases)])
    meant = f": did you mean `{close}`?" if close else ""
    raise UsageError(f"there is no rule `{word[:40]}`{meant}", hint="supportctl audit --rules lists them")


def names(rule: Rule) -> frozenset[str]:
    """Everything a rule answers to, folded."""
    return frozenset(fold_word(name) for name in (rule.code, rule.name, *rule.aliases))


def select(words: Iterable[str] = (), profile: str = "core") -> Sequence[Rule]:
    """The named rules in registry order; those of ``profile`` when none is named (see `audit.profiles`).

    The adoption guard comes along: it decides how the findings of the others are told.
    """
    chosen = {find(word).code for word in words}
    return tuple(
        rule
        for rule in RULES
        if isinstance(rule, FieldUnused) or (rule.code in chosen if chosen else in_profile(rule, profile))
    )

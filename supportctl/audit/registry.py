"""Every rule, by hand and in order. A test holds this list against the files in ``rules/``."""

from collections.abc import Iterable, Sequence

from supportctl.audit.profiles import in_profile
from supportctl.audit.rule import Rule
from supportctl.audit.rules.cls101_category_missing import CategoryMissing
from supportctl.audit.rules.cls102_category_catch_all import CategoryCatchAll
from supportctl.audit.rules.cls103_subcategory_mismatch import SubcategoryMismatch
from supportctl.audit.rules.cls104_tag_not_in_taxonomy import TagNotInTaxonomy
from supportctl.audit.rules.cls105_tag_misspelt import TagMisspelt
from supportctl.audit.rules.cls106_tag_missing_required import TagMissingRequired
from supportctl.audit.rules.cls107_ci_missing import CiMissing
from supportctl.audit.rules.cls108_wrong_type import WrongType
from supportctl.audit.rules.cls109_category_churn import CategoryChurn
from supportctl.audit.rules.com402_resolved_without_public_reply import ResolvedWithoutPublicReply
from supportctl.audit.rules.own201_unassigned import Unassigned
from supportctl.audit.rules.own202_no_group import NoGroup
from supportctl.audit.rules.own203_assignee_inactive import AssigneeInactive
from supportctl.audit.rules.own204_ping_pong import PingPong
from supportctl.audit.rules.own205_handoff_without_note import HandoffWithoutNote
from supportctl.audit.rules.own206_reporter_changed import ReporterChanged
from supportctl.audit.rules.pri301_priority_missing import PriorityMissing
from supportctl.audit.rules.prv821_secret_in_ticket import SecretInTicket
from supportctl.audit.rules.que901_field_unused import FieldUnused
from supportctl.audit.rules.res601_closure_code_missing import ClosureCodeMissing
from supportctl.audit.rules.tim501_stale import Stale
from supportctl.errors import UsageError
from supportctl.query.fields import guess
from supportctl.text.fold import fold_word

RULES: tuple[Rule, ...] = (
    CategoryMissing(),
    CategoryCatchAll(),
    SubcategoryMismatch(),
    TagNotInTaxonomy(),
    TagMisspelt(),
    TagMissingRequired(),
    CiMissing(),
    WrongType(),
    CategoryChurn(),
    Unassigned(),
    NoGroup(),
    AssigneeInactive(),
    PingPong(),
    HandoffWithoutNote(),
    ReporterChanged(),
    PriorityMissing(),
    ResolvedWithoutPublicReply(),
    Stale(),
    ClosureCodeMissing(),
    SecretInTicket(),
    FieldUnused(),
)


def find(word: str, rules: Sequence[Rule] = RULES) -> Rule:
    """A rule by code, name or alias, in any case. Raises `UsageError` with the nearest match."""
    wanted = fold_word(word.strip())
    for rule in rules:
        if wanted in names(rule):
            return rule
    close = guess(word, [name for rule in rules for name in (rule.code, rule.name, *rule.aliases)])
    meant = f": did you mean `{close}`?" if close else ""
    raise UsageError(f"there is no rule `{word[:40]}`{meant}", hint="supportctl rule lists them")


def names(rule: Rule) -> frozenset[str]:
    """Everything a rule answers to, folded."""
    return frozenset(fold_word(name) for name in (rule.code, rule.name, *rule.aliases))


def select(words: Iterable[str] = (), profile: str = "core", rules: Sequence[Rule] = RULES) -> Sequence[Rule]:
    """The named rules in registry order; those of ``profile`` when none is named (see `audit.profiles`).

    The adoption guard comes along: it decides how the findings of the others are told.
    """
    chosen = {find(word, rules).code for word in words}
    return tuple(
        rule
        for rule in rules
        if isinstance(rule, FieldUnused) or (rule.code in chosen if chosen else in_profile(rule, profile))
    )

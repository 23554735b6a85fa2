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
from supportctl.audit.rules.com401_no_first_response import NoFirstResponse
from supportctl.audit.rules.com402_resolved_without_public_reply import ResolvedWithoutPublicReply
from supportctl.audit.rules.com403_customer_waiting import CustomerWaiting
from supportctl.audit.rules.com404_waiting_on_customer_too_long import WaitingOnCustomerTooLong
from supportctl.audit.rules.com405_pending_without_question import PendingWithoutQuestion
from supportctl.audit.rules.com406_internal_note_leak import InternalNoteLeak
from supportctl.audit.rules.com407_closed_no_response_too_early import ClosedNoResponseTooEarly
from supportctl.audit.rules.com408_canned_only import CannedOnly
from supportctl.audit.rules.com409_attachment_lost import AttachmentLost
from supportctl.audit.rules.esc801_escalated_without_evidence import EscalatedWithoutEvidence
from supportctl.audit.rules.esc802_escalation_stalled import EscalationStalled
from supportctl.audit.rules.esc803_major_candidate_unflagged import MajorCandidateUnflagged
from supportctl.audit.rules.lnk701_duplicate_unlinked import DuplicateUnlinked
from supportctl.audit.rules.lnk702_open_duplicates import OpenDuplicates
from supportctl.audit.rules.lnk703_incident_without_problem import IncidentWithoutProblem
from supportctl.audit.rules.lnk704_closed_child_open_parent import ClosedChildOpenParent
from supportctl.audit.rules.lnk705_dangling_link import DanglingLink
from supportctl.audit.rules.lnk706_kb_missing import KbMissing
from supportctl.audit.rules.own201_unassigned import Unassigned
from supportctl.audit.rules.own202_no_group import NoGroup
from supportctl.audit.rules.own203_assignee_inactive import AssigneeInactive
from supportctl.audit.rules.own204_ping_pong import PingPong
from supportctl.audit.rules.own205_handoff_without_note import HandoffWithoutNote
from supportctl.audit.rules.own206_reporter_changed import ReporterChanged
from supportctl.audit.rules.pri301_priority_missing import PriorityMissing
from supportctl.audit.rules.pri302_priority_matrix_mismatch import PriorityMatrixMismatch
from supportctl.audit.rules.pri303_impact_urgency_default import ImpactUrgencyDefault
from supportctl.audit.rules.pri304_priority_lowered_late import PriorityLoweredLate
from supportctl.audit.rules.pri305_priority_inflated import PriorityInflated
from supportctl.audit.rules.pri306_linked_priority_gap import LinkedPriorityGap
from supportctl.audit.rules.prv821_secret_in_ticket import SecretInTicket
from supportctl.audit.rules.prv822_pan_or_national_id import PanOrNationalId
from supportctl.audit.rules.prv823_pii_in_title import PiiInTitle
from supportctl.audit.rules.prv824_customer_data_in_public_link import CustomerDataInPublicLink
from supportctl.audit.rules.que901_field_unused import FieldUnused
from supportctl.audit.rules.que902_tag_sprawl import TagSprawl
from supportctl.audit.rules.que903_catch_all_share import CatchAllShare
from supportctl.audit.rules.que904_closure_code_skew import ClosureCodeSkew
from supportctl.audit.rules.que905_agent_outlier import AgentOutlier
from supportctl.audit.rules.que906_sla_clock_misconfigured import SlaClockMisconfigured
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
from supportctl.audit.rules.txt811_title_vague import TitleVague
from supportctl.audit.rules.txt812_description_empty import DescriptionEmpty
from supportctl.audit.rules.txt813_duplicate_boilerplate import DuplicateBoilerplate
from supportctl.audit.rules.txt814_language_mismatch import LanguageMismatch
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
    PriorityMatrixMismatch(),
    ImpactUrgencyDefault(),
    PriorityLoweredLate(),
    PriorityInflated(),
    LinkedPriorityGap(),
    NoFirstResponse(),
    ResolvedWithoutPublicReply(),
    CustomerWaiting(),
    WaitingOnCustomerTooLong(),
    PendingWithoutQuestion(),
    InternalNoteLeak(),
    ClosedNoResponseTooEarly(),
    CannedOnly(),
    AttachmentLost(),
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
    DuplicateUnlinked(),
    OpenDuplicates(),
    IncidentWithoutProblem(),
    ClosedChildOpenParent(),
    DanglingLink(),
    KbMissing(),
    EscalatedWithoutEvidence(),
    EscalationStalled(),
    MajorCandidateUnflagged(),
    TitleVague(),
    DescriptionEmpty(),
    DuplicateBoilerplate(),
    LanguageMismatch(),
    SecretInTicket(),
    PanOrNationalId(),
    PiiInTitle(),
    CustomerDataInPublicLink(),
    FieldUnused(),
    TagSprawl(),
    CatchAllShare(),
    ClosureCodeSkew(),
    AgentOutlier(),
    SlaClockMisconfigured(),
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

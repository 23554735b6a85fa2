"""Tickets about the same thing, and tickets that only read alike."""

from datetime import timedelta
from typing import Any

from supportctl.sandbox.company import stories
from supportctl.sandbox.company.desk import DAY, HOUR, MINUTE, Desk
from supportctl.sandbox.company.draft import Draft
from supportctl.sandbox.company.faults_end import end_as_duplicate
from supportctl.sandbox.company.topic import Topic
from supportctl.sandbox.company.topics import BY_SLUG

_AGAIN = ("Re: {title}", "{title} (second mail)", "AW: {title}", "{title}")
_WORDED = ("terminal_error", "vpn_down", "channel_sync", "double_booking")
_CODED = ("terminal_error", "vpn_down", "channel_sync", "terminal_error")
_OTHER_LANGUAGE = (("terminal_error", "de"), ("terminal_error", "fr"), ("vpn_down", "pt"), ("vpn_down", "ja"))
_TEMPLATES = ("terminal_error", "receipt_printer", "invoice_wrong", "settlement")


def plant_duplicates(desk: Desk) -> None:
    for n in range(4):
        _resend(desk, n)
        _paraphrase(desk, n)
        _other_language(desk, n)
        _same_error(desk, n)
        _same_template(desk, n)


def _original(desk: Desk, n: int, topic: Topic | None = None, variant: int = 0, **wishes: Any) -> Draft:
    """Tickets still in progress and finished ones by turns."""
    wishes |= {"variant": variant} if topic else {}
    if n % 2:
        return stories.resolved(desk, youngest=6 * DAY, topic=topic, **wishes)
    age = desk.between(20 * HOUR, 60 * HOUR)
    return stories.in_progress(desk, age=age, topic=topic, priorities=stories.CALM, **wishes)


def _copy(desk: Desk, original: Draft, longest: timedelta, variant: int | None = None, **wishes: Any) -> Draft:
    """A later ticket on the same thing; its own way is still open."""
    latest = min(longest, (desk.now - original.created) * 0.7)
    return desk.draft(
        original.created + desk.between(latest * 0.1, latest),
        topic=original.topic,
        slots=original.slots,
        variant=variant,
        priorities=("p3",),
        **wishes,
    )


def _go_on(desk: Desk, draft: Draft, original: Draft, n: int, kind: str) -> None:
    """Finished duplicates have been noticed and linked, except by turns; open ones nobody has seen yet."""
    desk.acknowledge(draft)
    if original.resolved is not None and n != 3:
        end_as_duplicate(desk, draft, original, linked=True)
    else:
        desk.pick_up(draft, draft.created + desk.first_delay(draft) * desk.rng.uniform(0.2, 0.6))
        at = draft.last
        if original.resolved is not None:
            desk.solve(draft, at + desk.between(HOUR, 8 * HOUR))
            desk.close(draft)
        elif at < desk.now - HOUR:
            desk.note(draft, desk.now - desk.between(20 * MINUTE, 50 * MINUTE))
    draft.plant("duplicate", f"{kind} {original.ref}")


def _resend(desk: Desk, n: int) -> None:
    original = _original(desk, n)
    draft = _copy(desk, original, 40 * HOUR, requester=original.requester, language=original.language)
    draft.title = _AGAIN[n].replace("{title}", original.title)
    draft.description = original.description
    _go_on(desk, draft, original, n, "resend")


def _paraphrase(desk: Desk, n: int) -> None:
    original = _original(desk, n, BY_SLUG[_WORDED[n]], 0, language="en")
    draft = _copy(desk, original, 30 * HOUR, 1, requester=original.requester, language="en")
    _go_on(desk, draft, original, n, "paraphrase")


def _other_language(desk: Desk, n: int) -> None:
    slug, language = _OTHER_LANGUAGE[n]
    original = _original(desk, n, BY_SLUG[slug], 0, language="en")
    draft = _copy(desk, original, 30 * HOUR, 0, language=language)
    _go_on(desk, draft, original, n, "other-language")


def _same_error(desk: Desk, n: int) -> None:
    original = _original(desk, n, BY_SLUG[_CODED[n]], 1, language="en")
    draft = _copy(desk, original, 20 * HOUR, 0, requester=_colleague(desk, original), language="en")
    _go_on(desk, draft, original, n, "same-error")


def _same_template(desk: Desk, n: int) -> None:
    """The same words with another device, code or invoice: not the same thing."""
    original = _original(desk, n, BY_SLUG[_TEMPLATES[n]], 0, language="en")
    other = _original(desk, n, BY_SLUG[_TEMPLATES[n]], 0, requester=original.requester, language="en")
    other.plant("trap", f"duplicate: reads like {original.ref}, but is another fault")


def _colleague(desk: Desk, draft: Draft) -> Any:
    place, person = draft.requester.organization, draft.requester.id
    return desk.rng.choice([each for each in desk.customers if each.organization == place and each.id != person])

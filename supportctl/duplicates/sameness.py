"""What of a ticket must be the same for two to be one by rule: a text sent again, a machine's message.

Only digests are kept. A resend has the same words to the letter; a machine's message has the same words but for times,
counts and ids of messages. Names, codes and numbers of things stay: another device or another error is another fault.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from supportctl.duplicates import naming, words
from supportctl.model import Role, Ticket
from supportctl.text.boilerplate import says_nothing
from supportctl.text.fold import fold
from supportctl.text.identifiers import Kind as Identifier
from supportctl.text.identifiers import identified
from supportctl.text.mailboxes import MAILBOXES
from supportctl.text.titles import is_stock

CHARACTERS = 60_000
LEAST = 4
"""Words without which a text may be the same by chance."""

_ANSWER = re.compile(
    r"\s*(?:(?:re|aw|fwd?|fw|wg|tr|rv|sv|vs|vb|odp|pd|antw|antwort|res|enc|ref|rif|r|i|doorst|回复|答复|回覆|转发|返信|転送)"
    r"\s?(?:\[\d{1,3}\])?\s?[:：]\s*)+",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"[\s(\[–—:!.-]*(?:(?:1st|2nd|3rd|\d\. ?|first|second|third|zweite[rs]?|dritte[rs]?|deuxième|segund[oa]|second[oa]|"
    r"tweede|drug[ai]e?) (?:e-?mails?|mails?|message|request|try|attempt|time|reminder|nachricht|anfrage|versuch|"
    r"erinnerung|envoi|rappel|relance|correo|mensaje|aviso|invio|sollecito|mensagem|bericht|wiadomość)|"
    r"(?:kind |gentle |friendly |final )?reminder|resend(?:ing)?|re-?sent|sent again|again|follow[- ]?up|"
    r"still (?:open|waiting)|"
    r"erinnerung|nochmals?|erneut|wiederholung|rappel|relance|renvoi|à nouveau|recordatorio|reenvío|otra vez|de nuevo|"
    r"sollecito|di nuovo|reinvio|lembrete|reenvio|novamente|herinnering|opnieuw|nogmaals|przypomnienie|ponownie|"
    r"påminnelse|再送|再度|催促|再次)[\s)\]:!.–—-]*",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_UNIT = (
    r"(?:(?: ?(?:%|‰|°[cf])| ?[sh]|[md])| ?(?:percent|prozent|pct|[mµun]s|secs?|seconds?|sek(?:unden)?|secondes?|"
    r"segundos?|"
    r"min(?:s|utes?|uten)?|hrs?|hours?|stunden|std|heures?|horas?|days?|tagen?|jours?|d[ií]as|weeks?|wochen?|"
    r"[kmgt]?i?b(?:it|ps)?(?:/s(?:ec)?)?|bytes?|times?|mal|fois|veces|volte|retries|attempts?|requests?|reqs?(?:/s)?|"
    r"errors?|warnings?|events?|messages?|items?|iops|[km]?hz|rpm|pages?))"
)
_OPAQUE = r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64})"
_IDS = (
    (
        r"\b\d{4}-\d\d-\d\d(?:[t ,]{1,2}\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:z\b|utc|gmt|[+-]\d\d:?\d\d))?)?",
        "<t>",
    ),
    (r"\b\d{4}/\d\d/\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b20\d{6}t?\d{4,6}z?\b", "<t>"),
    (rf"\b{_DAY}\d{{1,2}}[ -]{_MONTH}\.?,?[ -]\d{{2,4}}\b|\b{_DAY}{_MONTH}\.? \d{{1,2}}(?:,? \d{{4}})?\b", "<t>"),
    (r"\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\b\.?)?(?: ?(?:z\b|utc|gmt|ce?s?t|[ecmp][sd]t))?", "<t>"),
    (
        r"\b(?:alert|alarm|event|notification|message|msg|trace|span|request|correlation|session|run|execution|problem)"
        rf"(?:[ _-]?(?:id|no|nr|number|nummer))?[ :=#]{{1,3}}{_OPAQUE}\b",
        "<id>",
    ),
    (
        r"\b(?:alert|event|notification|trace|correlation)(?:[ _-]?(?:id|no|nr|number|nummer))?[ :=#]{1,3}"
        r"[0-9][0-9a-z-]*\b|"
        r"\b(?:alarm|message|msg|request|session|run|execution|problem|thread|process)[ _-]?id[ :=#]{1,3}"
        r"[0-9][0-9a-z-]*\b|"
        r"\b(?:pid|tid|seq|uptime)[ :=#]{1,3}[0-9][0-9a-z-]*\b",
        "<id>",
    ),
)
"""Times, and ids by which a machine tells its messages apart. A number behind any other word is of a thing."""
_COUNTS = (
    (rf"(?<![\w.,#-])[+-]?\d(?:[\d.,' ]*\d)?{_UNIT}(?![\w-])", "<n>"),
    (r"(?<![\w.,#-])\d+ ?(?:of|out of|von|de|sur|di) ?\d+(?![\w.-])", "<n>"),
    (
        r"\b(?:(?:count|counter|total|value|wert|valeur|valor|valore|threshold|schwelle|usage|used|free|average|avg|"
        r"latency|duration|load|backlog|zähler|anzahl)[ :=]{1,3}|"
        r"(?:limit|length|size|current|aktuell|available|max|min|failures|firing|resolved) ?[:=] ?)"
        r"[+-]?\d[\d.,]*(?![\w-])",
        "<n>",
    ),
)


def _compiled(patterns: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), mark) for pattern, mark in patterns)


_MASKS = (_compiled(_IDS), _compiled(_COUNTS))
_MACHINE = re.compile(
    r"\b(?:alerts?|alarms?|monitoring|nagios|icinga|zabbix|prtg|prometheus|alertmanager|grafana|datadog|pagerduty|"
    r"opsgenie|cloudwatch|splunk|solarwinds|dynatrace|checkmk|sensu|firing|threshold|heartbeat|watchdog|cron(?:job)?|"
    r"störungsmeldung|schwellwert|überwachung|alerte|alerta|allarme|seuil|umbral|soglia)\b|アラート|监控|告警|報警",
    re.IGNORECASE,
)
_SENDERS = MAILBOXES & {
    "alerts", "donotreply", "mailer-daemon", "monitoring", "no-reply", "no_reply", "noreply", "notification",
    "notifications", "postmaster",
} | {
    "alertmanager", "checkmk", "cloudwatch", "datadog", "dynatrace", "grafana", "icinga", "nagios", "opsgenie",
    "pagerduty", "prometheus", "prtg", "sensu", "solarwinds", "splunk", "zabbix",
}  # fmt: skip
_ACCOUNTS = MAILBOXES & {"root", "system"}
"""Also names of people: nothing may stand beside them."""
_FORWARDED = re.compile(
    r"(?:^|[:：])\s*(?:fwd?|fw|wg|tr|rv|vb|pd|enc|doorst|i|转发|転送)\s?(?:\[\d{1,3}\])?\s?[:：]", re.IGNORECASE
)
_MOST_FIELDS = 60
_SHORT = 20
"""Different words up to which a text may stand above any mail: then what it stands above counts as well."""
_OF_MACHINERY = re.compile(r"\d\|[\w:]*|\{.*|https?:.*|\d{4}-\d\d-\d\d[t ].*", re.IGNORECASE | re.DOTALL)
"""Ranks, JSON, addresses and moments in custom fields: of this ticket alone, whatever it tells."""
_SPACES = re.compile(r"\s+")
_SIGNS = re.compile(r"[^\w<>%/.:@#+-]+")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]|[^\W_]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """Of one ticket."""

    sent: bytes | None
    """Sender and words; None when either is not known or says too little."""
    message: bytes | None
    """Sender, thing concerned, and words without times and counts."""
    names: tuple[int, ...]
    """Hashes of `called`."""
    machine: bool
    """Whether a machine shows itself as the sender. Where not, only a flood of the same message does."""
    called: frozenset[str] = frozenset()
    """See `naming`; empty where only hashes were kept."""
    fields: dict[str, int] = field(default_factory=dict)
    """Component, service and custom fields, as hashes: where two tickets differ in one, neither is sent again."""


def marks(ticket: Ticket) -> Marks:
    title = without_answer(ticket.title or "")
    body = words.own_words((ticket.description or "")[:CHARACTERS])
    if says_nothing(body):
        body = ""
    if not _enough(title, body):
        return _marks(ticket, None, None, False, title, body)
    sender = _sender(ticket)
    role = Role.UNKNOWN if ticket.requester is None else ticket.requester.role
    person = role in (Role.END_USER, Role.AGENT)
    machine = _is_machine(ticket) or (not person and _of_machine(title, body))
    sent = message = None
    if sender and role is not Role.AGENT:
        sent = _digest(sender, _plain(_AGAIN.sub(" ", title)), _plain(_whole(ticket, body)))
    if machine or not person:
        about = "\x1f".join(_things(ticket))
        message = _digest(sender, about, _plain(masked(title)), _plain(masked(body)))
    return _marks(ticket, sent, message, machine, title, body)


def _marks(ticket: Ticket, sent: bytes | None, message: bytes | None, machine: bool, title: str, body: str) -> Marks:
    called = naming.names(title, body)
    return Marks(
        sent, message, tuple(sorted(map(naming.mark, called))), machine, called, _fields(ticket) if sent else {}
    )


def without_answer(title: str) -> str:
    """Without ``Re:``, ``AW:`` and their like in front."""
    found = _ANSWER.match(title[:1000])
    return title[found.end() :] if found else title


def masked(text: str) -> str:
    """Times, counts and ids of messages as marks; codes, names and numbers of things stay.

    A number behind the word for an order, a device or the like stays whatever comes after it ("order 48213 items
    missing").
    """
    ids, counts = _MASKS
    for pattern, mark in ids:
        text = pattern.sub(mark, text)
    numbers = sorted(name for name, kind in identified(text).items() if kind is Identifier.NUMBER)
    for pattern, mark in counts:
        text = pattern.sub(mark, text)
    return " ".join((text, *numbers))


def _enough(title: str, body: str) -> bool:
    said = len(set(_WORD.findall(fold(body[:2000]))))
    return said >= 2 * LEAST or (not is_stock(title) and said + len(set(_WORD.findall(fold(title)))) >= LEAST)


def _sender(ticket: Ticket) -> str:
    if not ticket.knows("requester") or ticket.requester is None:
        return ""
    return ticket.requester.id or fold(ticket.requester.email or "")


def _is_machine(ticket: Ticket) -> bool:
    if ticket.requester is None:
        return False
    if ticket.requester.role is Role.BOT:
        return True
    for name in (fold((ticket.requester.email or "").partition("@")[0]), fold(ticket.requester.name or "")):
        if name in _ACCOUNTS or _SENDERS.intersection(re.split(r"[\s.+]+", name)):
            return True
    return False


def _of_machine(title: str, body: str) -> bool:
    """By its words: only of a sender who is not known as a person."""
    return _MACHINE.search(title) is not None or _MACHINE.search(body[:400]) is not None


def _whole(ticket: Ticket, body: str) -> str:
    """With quoted mail and signature where a text forwards them, or says little without."""
    if _FORWARDED.search((ticket.title or "")[:1000]) or len(set(_WORD.findall(fold(body[:2000])))) <= _SHORT:
        return (ticket.description or "")[:CHARACTERS]
    return body


_NO_WORD = re.compile(r"[\W_]+")
_HANDLING = re.compile(
    r"\b(?:urgency|impact|priority|severity|channel|source|origin|via|resolution|resolved|solution|cause|notes?|clos\w+|"
    r"status|state|sla|satisfaction|rating|csat|team|group|queue|sprint|rank|epic|assign\w+|approv\w+|escalat\w+|points|"
    r"spent|sentiment|intent|language|workaround|watchers?|"
    r"dringlichkeit|auswirkung|prioritat|schweregrad|kanal|quelle|herkunft|losung|ursache|zustand|gruppe|sprache|"
    r"urgence|priorite|gravite|canal|statut|groupe|equipe|langue|urgencia|impacto|prioridad|gravedad|origen|causa|estado|"
    r"grupo|equipo|idioma|urgenza|impatto|priorita|gravita|canale|origine|stato|gruppo|prioridade|gravidade|origem)\b"
)
"""Names of fields that tell how a ticket came and is worked on, not what it is about; folded, accents aside."""


def _fields(ticket: Ticket) -> dict[str, int]:
    """What is known, by place or id. A field that is empty or not known speaks against nothing."""
    found = {place: said for place, said in zip("cs", _things(ticket), strict=True) if said}
    for each in ticket.custom:
        if each.name is not None and _HANDLING.search(_bare(each.name)):
            continue
        value = " ".join(_said(each.value))
        if value and len(found) < _MOST_FIELDS:
            found[each.id] = value
    return {place: naming.mark(value) for place, value in found.items()}


def _bare(name: str) -> str:
    letters = unicodedata.normalize("NFD", fold(name))
    return _NO_WORD.sub(" ", "".join(each for each in letters if not unicodedata.combining(each)))


def _said(value: object) -> Iterator[str]:
    """What people chose or wrote: no flags, ranks or moments."""
    if isinstance(value, str):
        if (text := _plain(value)) and not _OF_MACHINERY.fullmatch(value.strip()):
            yield text
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield f"{value:g}"
    elif isinstance(value, list):
        yield from sorted(said for each in value for said in _said(each))
    elif isinstance(value, dict):
        for name in ("value", "name", "displayName", "id"):
            if value.get(name) not in (None, ""):
                yield from _said(value[name])
                break


def _things(ticket: Ticket) -> list[str]:
    return [each.id or fold(each.name or "") if each is not None else "" for each in (ticket.component, ticket.service)]


def _plain(text: str) -> str:
    return _SPACES.sub(" ", _SIGNS.sub(" ", fold(text))).strip()


def _digest(*parts: str) -> bytes:
    return blake2b("\x1e".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).digest()

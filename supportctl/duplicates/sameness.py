"""What of a ticket must be the same for two to be one by rule: a text sent again, a machine's message.

Only digests are kept. A resend has the same words to the letter; a machine's message has the same words but for times,
counts and ids of messages. Names, codes and numbers of things stay: another device or another error is another fault.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

from supportctl.duplicates import naming, words
from supportctl.model import Role, Ticket
from supportctl.text.boilerplate import says_nothing
from supportctl.text.fold import fold
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
    r"(?:%|‰|percent|prozent|pct|[mµun]?s|secs?|seconds?|sek(?:unden)?|secondes?|segundos?|min(?:s|utes?|uten)?|hrs?|h|"
    r"hours?|stunden|std|heures?|horas?|d|days?|tagen?|jours?|d[ií]as|weeks?|wochen?|"
    r"[kmgt]?i?b(?:it|ps)?(?:/s(?:ec)?)?|bytes?|times?|mal|fois|veces|volte|x|retries|attempts?|requests?|reqs?(?:/s)?|"
    r"errors?|warnings?|events?|messages?|items?|iops|°?[cf]|v|w|k?hz|rpm|pages?)"
)
_MASKS = tuple(
    (re.compile(pattern, re.IGNORECASE), mark)
    for pattern, mark in (
        (
            r"\b\d{4}-\d\d-\d\d(?:[t ,]{1,2}\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:z\b|utc|gmt|[+-]\d\d:?\d\d))?)?",
            "<t>",
        ),
        (r"\b\d{4}/\d\d/\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b20\d{6}t?\d{4,6}z?\b", "<t>"),
        (rf"\b{_DAY}\d{{1,2}}[ -]{_MONTH}\.?,?[ -]\d{{2,4}}\b|\b{_DAY}{_MONTH}\.? \d{{1,2}}(?:,? \d{{4}})?\b", "<t>"),
        (
            r"\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\b\.?)?(?: ?(?:z\b|utc|gmt|ce?s?t|[ecmp][sd]t))?",
            "<t>",
        ),
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
        (r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64}\b", "<id>"),
        (
            r"\b(?:alert|alarm|event|notification|message|msg|trace|request|correlation|transaction|session|run|execution"
            r"|job|build|process|thread)(?:[ _-]?(?:id|no|nr|number|nummer))?[ :=#]{1,3}[0-9][0-9a-z-]*\b|"
            r"\b(?:pid|tid|uid|seq|uptime|id)[ :=#]{1,3}[0-9][0-9a-z-]*\b|(?<!\w)#\d+\b",
            "<id>",
        ),
        (rf"(?<![\w.,-])[+-]?\d[\d.,' ]*(?<=\d) ?{_UNIT}(?![\w-])", "<n>"),
        (r"(?<![\w.,-])\d+ ?(?:of|out of|von|de|sur|di|/) ?\d+(?![\w.-])", "<n>"),
        (
            r"(?:count|counter|total|value|wert|valeur|valor|valore|threshold|schwelle|limit|length|size|load|usage|used|"
            r"free|available|current|currently|average|avg|max|min|queue|backlog|latency|duration|since|after|for|failed|"
            r"failures|zähler|anzahl|aktuell|firing|resolved)[ :=]{1,3}[+-]?\d[\d.,]*(?![\w-])",
            "<n>",
        ),
    )
)
_MACHINE = re.compile(
    r"\b(?:alerts?|alarms?|monitoring|nagios|icinga|zabbix|prtg|prometheus|alertmanager|grafana|datadog|pagerduty|"
    r"opsgenie|cloudwatch|splunk|solarwinds|dynatrace|checkmk|sensu|firing|threshold|heartbeat|watchdog|cron(?:job)?|"
    r"störungsmeldung|schwellwert|überwachung|alerte|alerta|allarme|seuil|umbral|soglia)\b|アラート|监控|告警|報警",
    re.IGNORECASE,
)
_SENDERS = MAILBOXES & {
    "alerts", "donotreply", "mailer-daemon", "monitoring", "no-reply", "no_reply", "noreply", "notification",
    "notifications", "postmaster", "root", "system",
}  # fmt: skip
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


def marks(ticket: Ticket) -> Marks:
    title = without_answer(ticket.title or "")
    body = words.own_words((ticket.description or "")[:CHARACTERS])
    if says_nothing(body):
        body = ""
    if not _enough(title, body):
        return _marks(None, None, False, title, body)
    sender = _sender(ticket)
    person = ticket.requester is not None and ticket.requester.role in (Role.END_USER, Role.AGENT)
    machine = _by_machine(ticket, title, body)
    sent = message = None
    if sender:
        sent = _digest(sender, _plain(_AGAIN.sub(" ", title)), _plain(body))
    if machine or not person:
        about = "\x1f".join(_things(ticket))
        message = _digest(sender, about, _plain(masked(title)), _plain(masked(body)))
    return _marks(sent, message, machine, title, body)


def _marks(sent: bytes | None, message: bytes | None, machine: bool, title: str, body: str) -> Marks:
    called = naming.names(title, body)
    return Marks(sent, message, tuple(sorted(map(naming.mark, called))), machine, called)


def without_answer(title: str) -> str:
    """Without ``Re:``, ``AW:`` and their like in front."""
    found = _ANSWER.match(title[:1000])
    return title[found.end() :] if found else title


def masked(text: str) -> str:
    """Times, counts and ids of messages as marks; codes, names and numbers of things stay."""
    for pattern, mark in _MASKS:
        text = pattern.sub(mark, text)
    return text


def _enough(title: str, body: str) -> bool:
    said = len(set(_WORD.findall(fold(body[:2000]))))
    return said >= 2 * LEAST or (not is_stock(title) and said + len(set(_WORD.findall(fold(title)))) >= LEAST)


def _sender(ticket: Ticket) -> str:
    if not ticket.knows("requester") or ticket.requester is None:
        return ""
    return ticket.requester.id or fold(ticket.requester.email or "")


def _by_machine(ticket: Ticket, title: str, body: str) -> bool:
    if ticket.requester is not None:
        if ticket.requester.role is Role.BOT:
            return True
        name = fold((ticket.requester.email or "").partition("@")[0] or ticket.requester.name or "")
        if _SENDERS.intersection(re.split(r"[\s.+]+", name)):
            return True
    return _MACHINE.search(title) is not None or _MACHINE.search(body[:400]) is not None


def _things(ticket: Ticket) -> list[str]:
    return [each.id or fold(each.name or "") if each is not None else "" for each in (ticket.component, ticket.service)]


def _plain(text: str) -> str:
    return _SPACES.sub(" ", _SIGNS.sub(" ", fold(text))).strip()


def _digest(*parts: str) -> bytes:
    return blake2b("\x1e".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).digest()

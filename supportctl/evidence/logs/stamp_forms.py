"""The table of forms in which programs write times. The first that fits the earliest place of a line wins.

Groups: ``Y M D h m s f z`` as in a calendar, ``N`` a month's name, ``p`` a half of the day, ``a b c`` numbers of a
date whose order is open, ``epoch`` seconds since 1970 or parts of them.
"""

import re
from typing import NamedTuple


class Form(NamedTuple):
    name: str
    pattern: "re.Pattern[str]"
    flags: frozenset[str] = frozenset()
    """``no-year``, ``no-date``."""


def _months() -> dict[str, int]:
    named = (
        "jan january januar janvier janv enero ene gennaio gen janeiro januari jänner",
        "feb february februar février févr fév febrero febbraio fevereiro fev februari",
        "mar march märz mär mrz mars marzo março maart mrt",
        "apr april avril avr abril abr aprile",
        "may mai mayo maggio mag maio mei",
        "jun june juni juin junio giugno giu junho",
        "jul july juli juillet juil julio luglio lug julho",
        "aug august août aou agosto ago augustus",
        "sep sept september septembre septiembre settembre set setembro",
        "oct october oktober okt octobre octubre ottobre ott outubro out",
        "nov november novembre noviembre novembro",
        "dec december dezember dez décembre déc diciembre dic dicembre dezembro",
    )
    return {name: number for number, names in enumerate(named, 1) for name in names.split()}


MONTHS = _months()
ZONES = {
    "Z": 0.0, "UTC": 0.0, "GMT": 0.0, "WET": 0.0, "WEST": 1.0, "CET": 1.0, "CEST": 2.0, "MEZ": 1.0, "MESZ": 2.0,
    "EET": 2.0, "EEST": 3.0, "MSK": 3.0, "JST": 9.0, "KST": 9.0, "SGT": 8.0, "HKT": 8.0, "AEST": 10.0, "AEDT": 11.0,
    "ACST": 9.5, "AWST": 8.0, "NZST": 12.0, "NZDT": 13.0, "EST": -5.0, "EDT": -4.0, "CDT": -5.0, "MST": -7.0,
    "MDT": -6.0, "PST": -8.0, "PDT": -7.0, "BRT": -3.0,
}  # fmt: skip
"""Hours from UTC. Abbreviations that mean several zones (CST, IST, BST) are left out: there the zone is assumed."""

_CLOCK = r"(?P<h>[0-2]?[0-9]):(?P<m>[0-5][0-9])"
_SECONDS = r":(?P<s>[0-6][0-9])(?:[.,](?P<f>[0-9]{1,9}))?"
_ZONE = r"(?:\s?(?P<z>Z(?![\w])|[+\u2212-][0-9]{2}:?[0-9]{2}(?![0-9:])|[A-Z]{3,4}(?![\w])))?"
_HALF = r"(?:\s?(?P<p>[AaPp]\.?[Mm]\.?)(?!\w))?"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}"
_NAME = r"(?P<N>[A-Za-zäéûç]{3,10})"
_BEGIN = r"(?<![\w.:/-])"


def _form(name: str, pattern: str, *flags: str) -> Form:
    return Form(name, re.compile(pattern), frozenset(flags))


FORMS: tuple[Form, ...] = (
    _form("iso", rf"(?<![0-9.])(?P<Y>[12][0-9]{{3}})-(?P<M>[01][0-9])-(?P<D>[0-3][0-9])(?:T|t|_|,? ){_CLOCK}(?::"
                 rf"(?P<s>[0-6][0-9])(?:[.,:](?P<f>[0-9]{{1,9}}))?)?{_ZONE}"),
    _form("db2", r"(?<![0-9])(?P<Y>[12][0-9]{3})-(?P<M>[01][0-9])-(?P<D>[0-3][0-9])-(?P<h>[0-2][0-9])\.(?P<m>[0-5]"
                 r"[0-9])\.(?P<s>[0-6][0-9])(?:\.(?P<f>[0-9]{1,9}))?(?P<z>[+-][0-9]{3}(?![0-9]))?"),
    _form("slashes", rf"(?<![0-9.])(?P<Y>[12][0-9]{{3}})[/.](?P<M>[01]?[0-9])[/.](?P<D>[0-3]?[0-9])"
                     rf"[ T-]{{1,2}}{_CLOCK}(?:{_SECONDS})?{_ZONE}"),
    _form("clf", r"(?P<D>[0-3]?[0-9])/(?P<N>[A-Z][a-z]{2})/(?P<Y>[12][0-9]{3}):(?P<h>[0-2][0-9]):(?P<m>[0-5][0-9]):"
                 r"(?P<s>[0-6][0-9])(?:\.(?P<f>[0-9]{1,9}))?(?:\s?(?P<z>[+-][0-9]{4}))?"),
    _form("ctime", rf"{_WEEKDAY},? (?P<N>[A-Z][a-z]{{2}})\s{{1,2}}(?P<D>[0-3]?[0-9]) {_CLOCK}{_SECONDS}(?: (?P<z>"
                   rf"[A-Z]{{3,4}}|[+-][0-9]{{4}}))? (?P<Y>[12][0-9]{{3}})"),
    _form("mail", rf"{_BEGIN}(?P<D>[0-3]?[0-9])\.?[ -]{_NAME}\.?[ -](?P<Y>[12][0-9]{{3}}|[0-9]{{2}}),?"
                  rf"[ T]{_CLOCK}(?:{_SECONDS})?{_HALF}{_ZONE}"),
    _form("month-first", rf"{_BEGIN}{_NAME}\.? (?P<D>[0-3]?[0-9]),? (?P<Y>[12]"
                         rf"[0-9]{{3}}),? {_CLOCK}(?:{_SECONDS})?{_HALF}{_ZONE}"),
    _form("syslog", rf"{_BEGIN}(?P<N>[A-Z][a-z]{{2}}) [ 0]?(?P<D>[0-3]?[0-9]) {_CLOCK}{_SECONDS}", "no-year"),
    _form("japanese", r"(?P<Y>[12][0-9]{3})年(?P<M>[01]?[0-9])月(?P<D>[0-3]?[0-9])日\s?(?:[(（].[)）]\s?)?(?P<h>[0-2]?"
                      r"[0-9])[:時](?P<m>[0-5][0-9])(?:[:分](?P<s>[0-6][0-9]))?"),
    _form("day-month", rf"{_BEGIN}(?P<a>[0-3]?[0-9])(?P<sep>[/.-])(?P<b>[0-3]?[0-9])(?P=sep)(?P<c>[12]"
                       rf"[0-9]{{3}}|[0-9]{{2}})[ T,]{{1,2}}{_CLOCK}(?:{_SECONDS})?{_HALF}{_ZONE}"),
    _form("compact", r"(?<![\w.])(?P<Y>(?:19|20)[0-9]{2})(?P<M>[01][0-9])(?P<D>[0-3][0-9])[T_ -]?(?P<h>[0-2][0-9]):?"
                     r"(?P<m>[0-5][0-9]):?(?P<s>[0-6][0-9])(?:[.,:]?(?P<f>[0-9]{1,9}))?(?P<z>Z|[+-][0-9]{4})?(?![\w])"),
    _form("compact-loose", r"(?<![\w.])(?P<Y>(?:19|20)[0-9]{2})(?P<M>[01][0-9])(?P<D>[0-3][0-9])-(?P<h>[0-9]{1,2}):"
                           r"(?P<m>[0-9]{1,2}):(?P<s>[0-9]{1,2})(?::(?P<f>[0-9]{1,3}))?(?![0-9])"),
    _form("short", r"^(?P<Y>[0-9]{2})(?P<M>[01][0-9])(?P<D>[0-3][0-9])\s{1,2}(?P<h>[0-2]?[0-9]):?(?P<m>[0-5][0-9]):?"
                   r"(?P<s>[0-6][0-9])(?=\s)"),
    _form("glog", rf"^[IWEFD](?P<M>[01][0-9])(?P<D>[0-3][0-9]) {_CLOCK}{_SECONDS}", "no-year"),
    _form("android", rf"^(?P<M>[01][0-9])-(?P<D>[0-3][0-9]) {_CLOCK}{_SECONDS}", "no-year"),
    _form("dotted", rf"^\[(?P<M>[01][0-9])\.(?P<D>[0-3][0-9]) {_CLOCK}{_SECONDS}\]", "no-year"),
    _form("epoch", r"(?:^(?:- )?\[?|\"?\b(?:ts|time|timestamp|@timestamp|epoch|t|eventTime|instant|date)\"?\s?[:=]"
                   r"\s?\"?)(?P<epoch>1[0-9]{9}(?:[.,][0-9]{1,9}|[0-9]{3}(?:[0-9]{3}){0,2})?)(?![0-9A-Za-z])"),
    _form("clock", r"^\W{0,3}(?P<h>[0-2][0-9]):(?P<m>[0-5][0-9]):(?P<s>[0-6][0-9])(?:[.,](?P<f>[0-9]{1,9}))?(?!"
                   r"[0-9:])", "no-date"),
)  # fmt: skip

"""Tables as text (CSV): the header of a column says what its cells are; the other rows stay as they are written."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Literal

from supportctl.evidence.redact.names import KEEP, meaning
from supportctl.evidence.redact.scrubber import Scrubber
from supportctl.evidence.redact.words import words_of

_DELIMITERS = ",;\t|"
_WORDS = re.compile(r"[^\W0-9_]{2,} ")
_LONGEST = 1_000_000
"""Characters of a record at most; a quote that nobody closed would swallow the rest of the file."""

_PERSON = words_of(
    """
    name names fullname requester requestername caller callername caller_id openedby opened_by reporter assignee
    assignedto assigned_to submitter author creator contact contactname customer customername client user employee
    manager agent owner watchers firstname lastname surname nachname vorname kunde kundenname ansprechpartner
    melder bearbeiter nom prenom prénom client nomcomplet nombre apellido apellidos cognome nome cliente naam voornaam
    achternaam klant imię nazwisko klient namn efternamn förnamn navn fornavn etternavn nimi
    氏名 名前 お名前 姓 名 担当者 顧客名 フリガナ 姓名 名字 联系人 客户 이름 성명 фио имя фамилия
    """
)
_KINDS = {
    "PERSON": _PERSON,
    "EMAIL": words_of(
        "email mail emailaddress courriel correo correoelectronico メール メールアドレス 邮箱 이메일 почта"
    ),
    "PHONE": words_of(
        """
        phone telephone tel mobile cell fax telefon telefonnummer handy mobil mobilnummer rufnummer téléphone portable
        teléfono telefono móvil celular cellulare telefone telemóvel telefoon mobiel
        電話 電話番号 携帯 携帯番号 电话 手机 전화 전화번호 телефон
        """
    ),
    "ADDRESS": words_of(
        """
        address street streetaddress city town zip zipcode postcode postalcode adresse anschrift straße strasse
        hausnummer plz postleitzahl ort wohnort stadt rue ville codepostal dirección
        direccion calle ciudad indirizzo via città cap
        endereço endereco rua cidade cep adres straat woonplaats ulica miasto adress 住所 郵便番号 地址 邮编 주소 адрес
        """
    ),
    "BIRTH_DATE": words_of(
        """
        dob birthdate dateofbirth birthday born geburtsdatum geburtstag geb datedenaissance naissance fechadenacimiento
        nacimiento datadinascita datadenascimento nascimento geboortedatum dataurodzenia födelsedatum
        生年月日 出生日期 생년월일
        """
    ),
    "NATIONAL_ID": words_of(
        """
        ssn socialsecuritynumber nationalid passport passportnumber taxid steuerid steuernummer personalausweis
        reisepass nir insee dni nif nie codicefiscale bsn pesel cpf personnummer マイナンバー 身份证 주민등록번호
        """
    ),
    "IBAN": words_of("iban accountnumber kontonummer bankaccount bankverbindung rib 口座番号"),
    "CARD": words_of("card cardnumber creditcard kartennummer kreditkarte cartenumero numerotarjeta カード番号"),
}
_VAGUE = words_of(
    "name names user client owner author creator city state cap via ort stadt agent ip address cell 名 地址"
)
"""Headers that tables of machines have as well: they count beside one that only tables of people have."""
_BY_NAME = {name: kind for kind, names in _KINDS.items() for name in names}


def kind_of_column(header: str) -> str | None:
    """What the cells under a header are: like `meaning`, and in other languages too."""
    told = meaning(header)
    if told is not None:
        return told
    return _BY_NAME.get(header.strip("\ufeff \"'*:").lower()) or _BY_NAME.get(_plain(header))


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.lower())


class Table:
    """One table; text comes in pieces of whole records."""

    def __init__(self, head: str) -> None:
        """``head``: the first line at least. `delimiter` is empty where this is no table."""
        first = next(iter(records(head)), "")
        counts = {sign: len(_cells(first, sign)) for sign in _DELIMITERS}
        best = max(counts, key=lambda sign: counts[sign])
        self.delimiter = best if counts[best] > 1 else ""
        self.header = _cells(first, best) if self.delimiter else []
        kinds = [kind_of_column(name) for name in self.header]
        vague = [_plain(name) in _VAGUE for name in self.header]
        people = any(kind in _KINDS and not unsure for kind, unsure in zip(kinds, vague, strict=True))
        self.columns = [None if unsure and not people else kind for kind, unsure in zip(kinds, vague, strict=True)]
        self.all_quoted = first.lstrip("\ufeff").startswith('"') and first.rstrip("\r\n").endswith('"')

    def text(self, whole: str, scrubber: Scrubber) -> str:
        return "".join(self._record(record, scrubber) for record in records(whole))

    def _record(self, record: str, scrubber: Scrubber) -> str:
        cells = _cells(record, self.delimiter)
        if cells == self.header:
            return record
        told = [self._cell(number, cell, scrubber) for number, cell in enumerate(cells)]
        if told == cells:
            return record
        end = record[len(record.rstrip("\r\n")) :]
        out = io.StringIO()
        quoting: Literal[0, 1] = csv.QUOTE_ALL if self.all_quoted else csv.QUOTE_MINIMAL
        csv.writer(out, delimiter=self.delimiter, quoting=quoting, lineterminator=end).writerow(told)
        return ("\ufeff" if record.startswith("\ufeff") else "") + out.getvalue()

    def _cell(self, number: int, cell: str, scrubber: Scrubber) -> str:
        kind = self.columns[number] if number < len(self.columns) else None
        if not cell.strip() or kind == KEEP:
            return cell
        told = cell if kind is None else scrubber.column(self.header[number], kind, cell)
        return told if told != cell else scrubber.text(cell, "prose" if _WORDS.search(cell) else "json")


def _cells(record: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([record.lstrip("\ufeff")], delimiter=delimiter), [])
    except csv.Error:
        return [record]


def records(text: str) -> Iterator[str]:
    """Lines, those together that a quoted cell goes over; nothing is lost."""
    start = at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        at = end
        if text.count('"', start, at) % 2 and at - start < _LONGEST and at < len(text):
            continue
        yield text[start:at]
        start = at
    if start < len(text):
        yield text[start:]


def whole_records(text: str, end: int) -> int:
    """Where the last record that is whole before ``end`` ends; ``end`` where none does."""
    at = end
    while at > 0 and text.count('"', 0, at) % 2:
        at = text.rfind("\n", 0, at - 1) + 1
    return at or end

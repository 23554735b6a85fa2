"""Numbers of payment cards: issuer range, length and Luhn digit, and words that tell them from order numbers.

One number in ten passes the Luhn check by chance, so a bare row of digits is a card only where the text says so.
Ranges: ISO/IEC 7812 as the card schemes publish them.
"""

import re
from collections.abc import Collection, Iterator

from supportctl.detect.found import Pii, Zones, digits_of, matches_near_digits, speaks_of_samples

_FORM = re.compile(
    r"(?<![0-9A-Za-z_./+*#-])(?<![0-9],)(?:"
    r"(?P<four>[0-9]{4}(?P<s>[ \u00a0.-])[0-9]{4}(?P=s)[0-9]{4}(?P=s)[0-9]{4})(?P<more>(?P=s)[0-9]{3}(?![0-9]))?|"
    r"(?P<amex>3[0-9]{3}(?P<t>[ \u00a0.-])[0-9]{6}(?P=t)[0-9]{4,5})|"
    r"(?P<row>[0-9]{12,19})"
    r")(?![0-9A-Za-z_]|[./-][0-9])"
)
_NUMBER = re.compile(r"[0-9]{3}")
_ROW_BEFORE = re.compile(r"[0-9]{4}[ \u00a0-]$")
_ROW_AFTER = re.compile(r"[ \u00a0-][0-9]{4}(?![0-9/])")

# First number, last number (same digits), lengths.
_RANGES: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset({13, 16, 19})),
    ("51", "55", frozenset({16})),
    ("2221", "2720", frozenset({16})),
    ("34", "34", frozenset({15})),
    ("37", "37", frozenset({15})),
    ("6011", "6011", frozenset(range(16, 20))),
    ("644", "659", frozenset(range(16, 20))),
    ("300", "305", frozenset(range(14, 20))),
    ("3095", "3095", frozenset(range(14, 20))),
    ("36", "36", frozenset(range(14, 20))),
    ("38", "39", frozenset(range(14, 20))),
    ("3528", "3589", frozenset(range(16, 20))),
    ("1800", "1800", frozenset({15})),
    ("2131", "2131", frozenset({15})),
    ("62", "62", frozenset(range(16, 20))),
    ("8100", "8171", frozenset(range(16, 20))),
    ("2200", "2204", frozenset(range(16, 20))),
    ("9792", "9792", frozenset({16})),
    ("508500", "508999", frozenset({16})),
    ("606985", "608500", frozenset({16})),
)
_WIDE: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("50", "50", frozenset(range(12, 20))),
    ("56", "69", frozenset(range(12, 20))),
    ("35", "35", frozenset({16})),
)
"""Maestro's, and what old ranges were: wide, so the text must speak of a card."""
_PUBLISHED = frozenset(
    {
        "4111111111111111",
        "4242424242424242",
        "4012888888881881",
        "4000056655665556",
        "4000002500003155",
        "4000000000000002",
        "5555555555554444",
        "5105105105105100",
        "2223003122003222",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "6011000990139424",
        "30569309025904",
        "38520000023237",
        "3530111333300000",
        "3566002020360505",
    }
)
"""Numbers that payment providers print in their manuals."""

_CARD = (
    "card|cards|cardnumber|cardno|ccnumber|visa|mastercard|master card|amex|american express|maestro|diners|"
    "discover|unionpay|jcb|"
    "credit|debit|cc|cvv|cvc|cvv2|pan|"
    "kreditkarte\\w*|karte|kartennummer|girocard|carte|carte bancaire|tarjeta|cartão|cartao|carta|creditcard\\w*|"
    "kaart|kaartnummer|karta|karty|kartę|kort|kortnummer|luottokortti|kartı|карта|карты|карту|"
    "カード|クレジット|信用卡|银行卡|卡号|카드"
)
_OTHER = (
    "order|orders|invoice|ticket|case|reference|ref|tracking|shipment|parcel|consignment|serial|s/n|imei|iccid|sim|"
    "id|ids|uuid|guid|transaction|txn|request|job|build|batch|block|blk|timestamp|epoch|barcode|ean|gtin|sku|part|"
    "po|p\\.o\\.?|purchase order|asset|quote|quotation|meter|phone|telephone|tel|mobile|fax|container|"
    "loyalty|membership|"
    "article|booking|confirmation|voucher|coupon|gift card|license|licence|key|session|trace|customer number|"
    "inventar\\w*|angebot\\w*|zähler\\w*|telefon\\w*|mitglied\\w*|behälter\\w*|"
    "auftrag\\w*|rechnung\\w*|bestell\\w*|sendung\\w*|vorgang\\w*|kundennummer|seriennummer|buchung\\w*|gutschein\\w*|"
    "commande|facture|colis|suivi|pedido|factura|ordine|fattura|encomenda|fatura|bestelling|factuur|zamówieni\\w*|"
    "faktur\\w*|заказ\\w*|注文|注文番号|订单|订单号|追跡番号"
)
_LABELS = re.compile(rf"(?<!\w)(?:(?P<card>{_CARD})|(?P<other>{_OTHER}))(?!\w)", re.IGNORECASE)
_CJK_LABELS = re.compile(r"(?P<card>カード|クレジット|信用卡|银行卡|卡号|카드)|(?P<other>注文|订单|追跡番号)")
_EXPIRY = re.compile(
    r"^\W{0,6}(?:\(?(?:exp\w*|valid\w*(?: until| thru| through| to)?|cvv2?|cvc2?|gültig\w*(?: bis)?|ablauf\w*|"
    r"scad\w*|vence|caduca|val\w*|geldig\w*)\b|(?:0[1-9]|1[0-2]) ?/ ?(?:20)?[2-4][0-9]\b)",
    re.IGNORECASE,
)


def cards(text: str, kinds: Collection[str], zones: Zones) -> Iterator[Pii]:
    for match in matches_near_digits(_FORM, text, zones):
        grouped = match["row"] is None
        whole = match.span()
        places = [whole]
        if match["more"] is not None:
            places.append((whole[0], match.end("four")))
        for start, end in places:
            number = digits_of(text[start:end])
            issued = _in_range(number, _RANGES)
            if not (issued or _in_range(number, _WIDE)) or not _passes_luhn(number):
                continue
            named = _named(text, start, end, grouped and issued)
            if not (issued or named):
                continue
            sure = named and not _sample(text, start, end, number)
            yield Pii(kind="card", start=start, end=end, masked=f"****{number[-4:]}", sure=sure)
            break


def _in_range(number: str, ranges: tuple[tuple[str, str, frozenset[int]], ...]) -> bool:
    return any(first <= number[: len(first)] <= last and len(number) in lengths for first, last, lengths in ranges)


def _passes_luhn(number: str) -> bool:
    from stdnum import luhn

    return len(set(number)) > 1 and bool(luhn.is_valid(number))


def _named(text: str, start: int, end: int, grouped: bool) -> bool:
    """Whether the text calls it a card: by the nearest name before it, by an expiry date or name after it.

    Four groups of four are how people write cards; those need no name, only that none speaks against it.
    """
    before = text[max(0, start - 100) : start].replace("_", " ")
    if grouped and (_ROW_BEFORE.search(before) or _ROW_AFTER.match(text, end)):
        return False
    label = _nearest(before)
    if label == "other":
        return False
    if grouped or label == "card" or _EXPIRY.match(text[end : end + 40]):
        return True
    after = _LABELS.search(text, end, end + 50)
    return after is not None and after["card"] is not None


def _nearest(before: str) -> str | None:
    """``card`` or ``other`` by the last name before the number, unless that name has had its number already."""
    found = [*_LABELS.finditer(before), *_CJK_LABELS.finditer(before)]
    for match in sorted(found, key=lambda match: match.end(), reverse=True):
        kind = match.lastgroup
        if kind == "card" or not _NUMBER.search(before, match.end()):
            return kind
    return None


def _sample(text: str, start: int, end: int, number: str) -> bool:
    return number in _PUBLISHED and speaks_of_samples(text, start, end)

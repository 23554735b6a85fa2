"""The writer's own words: without quoted mail, signatures, disclaimers and markup, in any language."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.text.cleaning import identifiers, own_words
from supportctl.text.mail_heads import heads, may_have
from tests.text.mails import ADDRESS, LABELS, OLD, SIGNATURES, WORDS, headed, mails

MAILS = mails()


@pytest.mark.parametrize(("name", "body", "own"), MAILS, ids=[name for name, _, _ in MAILS])
def test_no_mail_program_hides_the_own_words(name: str, body: str, own: str) -> None:
    assert own_words(body) == own


@pytest.mark.parametrize("language", ["en", "de", "fr", "ja"])
@pytest.mark.parametrize(("name", "signature"), SIGNATURES, ids=[name for name, _ in SIGNATURES])
def test_signatures_go(name: str, signature: str, language: str) -> None:
    assert own_words(f"{WORDS[language]}\n{signature}") == WORDS[language]
    quoted = f"On 3/3/25 10:12, Ann Lee wrote:\n> {OLD[0]}\n> {OLD[1]}"
    assert own_words(f"{WORDS[language]}\n{signature}\n\n{quoted}") == WORDS[language]


@pytest.mark.parametrize(
    "text",
    [
        "The job wrote: nothing.\nIt stopped at 10:12 on 3 March.",
        "Steps to reproduce:\n1. Open the page\n2. Click Save\nActual result:\nnothing happens",
        "From: Berlin\nTo: Hamburg\nThe booking page shows no train between these two.",
        "Subject to change: the price is wrong since 10:12.",
        "Run it:\n\n$ cat log | grep -- 'x' > out.txt",
        ">>> import ssl\n>>> ssl.OPENSSL_VERSION\n'OpenSSL 3.0.2'\nand then it hangs",
        "The console says:\n\n------------ Done ------------\n\nBuild: 1 error, 4 warnings",
        "23409 NameNode\n23889 SecondaryNameNode\n24338 NodeManager\n14408 RunJar",
        "cpu 0.00 0.12 0.99\nmem 0.10 0.22 0.39",
        "The button <Button Text='{Binding Name}'/> and a List<String> are shown twice",
        "System.NullReferenceException: Object reference not set\n"
        "  at Acme.Billing.Invoice.Print () [0x00012] in Invoice.cs:41\n"
        "  at Acme.Program.Main (System.String[] args)",
        "Traceback (most recent call last):\n  File \"run.py\", line 3, in <module>\nKeyError: 'name'",
        "Please call the guest back: it is urgent. Her number is in the booking.",
        "Ann Lee reports the same. Best to restart it.",
    ],
)
def test_what_is_no_mail_stays(text: str) -> None:
    assert own_words(text) == text


def test_pasted_output_behind_marks_stays_without_them() -> None:
    assert own_words("I ran it:\n\n> npm ERR! code ECONNRESET\n> npm ERR! network\n") == (
        "I ran it:\n\nnpm ERR! code ECONNRESET\nnpm ERR! network"
    )
    assert own_words("The dialog says:\n> Something went wrong\nand closes.") == (
        "The dialog says:\nSomething went wrong\nand closes."
    )
    assert own_words("It is still broken.\n\n> We have fixed it for you.\n> Please try again.") == "It is still broken."
    fenced = "Look:\n```\n> go build\nFrom: a\nSent: b\nSubject: c\n```\nthat is all"
    assert own_words(fenced) == fenced


def test_a_text_that_had_words_keeps_some() -> None:
    only_quoted = "\n".join(f"> {line}" for line in OLD)
    assert own_words(only_quoted) == "\n".join(OLD)
    assert own_words(f"On 3/3/25 10:12, Ann Lee wrote:\n{only_quoted}") == "\n".join(OLD)
    assert own_words(f"{headed(LABELS[0][2])}\n\n{OLD[0]}") == OLD[0]
    assert own_words("Kind regards,\nAnn Lee") == "Kind regards,\nAnn Lee"
    assert own_words("-- \nAnn Lee")
    assert own_words("<script>alert(1)</script>")


def test_a_mail_passed_on_without_a_word_is_the_news() -> None:
    forward = f"---------- Forwarded message ---------\n{headed(LABELS[0][2])}\n\n{OLD[0]}\n{OLD[1]}"
    assert own_words(f"Hello,\n\n{forward}").endswith("\n".join(OLD))
    assert OLD[0] not in own_words(f"The guest below cannot pay.\n\n{forward}")


HTML_MAIL = f"""<html><head><title>x</title><style>p {{color: red}}</style></head><body>
<!-- <p>hidden</p> --><p>The printer&nbsp;on <b>floor 2</b> is dead &amp; cold:</p>
<ul><li>no light</li><li>no sound</li></ul><script>track("x")</script>
<table><tr><th>Device</th><th>State</th></tr><tr><td>P-2041</td><td>off</td></tr></table>
<div class="gmail_quote"><div class="gmail_attr">On Mon, 3 Mar 2025 at 10:12, Ann Lee &lt;{ADDRESS}&gt; wrote:<br></div>
<blockquote>{OLD[0]}<br>{OLD[1]}</blockquote></div></body></html>"""


def test_html_becomes_text() -> None:
    assert own_words(HTML_MAIL) == (
        "The printer on floor 2 is dead & cold:\n\n- no light\n- no sound\n\nDevice | State\nP-2041 | off"
    )
    assert own_words("first<br>second<br/>third") == "first\nsecond\nthird"
    assert own_words("<div>see <Grid x:Name='a'> and List&lt;int&gt;</div>") == "see <Grid x:Name='a'> and List<int>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "h1. Steps\n\n*Open* the [guide|https://kb.example/vpn] !shot.png!",
            "Steps\n\nOpen the guide (https://kb.example/vpn) image: shot.png",
        ),
        ("before\n{code:java}\nint *a* = b[0];\n{code}\nafter", "before\n```\nint *a* = b[0];\n```\nafter"),
        ("{quote}it fails{quote}\nsince Monday", "it fails\nsince Monday"),
        (
            "[b]Error[/b] in [url=https://kb.example/1]this[/url] [quote]page[/quote]",
            "Error  in this (https://kb.example/1)  page",
        ),
        (
            "see [the log](https://kb.example/log) and ![shot](https://kb.example/a.png)",
            "see the log (https://kb.example/log) and shot (https://kb.example/a.png)",
        ),
        ("https://shop.example/cart?utm_source=mail&utm_id=4 is empty", "shop.example/cart is empty"),
        ("https://bugs.example/show_bug.cgi?id=123 again", "https://bugs.example/show_bug.cgi?id=123 again"),
        (
            "https://eu.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2Fcart&data=05",
            "shop.example/cart",
        ),
        ("zero\u200bwidth \x07bell\r\nnext\u00a0line \ud800", "zerowidth bell\nnext line"),
        ("\u202bשלום\u202c עולם", "שלום עולם"),
    ],
)  # fmt: skip
def test_markup_and_unseen_signs(markup: str, text: str) -> None:
    assert own_words(markup) == text


def test_nothing_to_read() -> None:
    assert own_words(None) == own_words("") == own_words(" \n\t ") == own_words("\u200b") == ""


PIECES = st.sampled_from(
    [body for _, body, _ in MAILS[::7]]
    + [signature for _, signature in SIGNATURES]
    + [HTML_MAIL, "{code}", "```", "> ", ">> a", "<p>", "</p>", "<b>", "<", "&lt;p&gt;", "&amp;"]
    + ["[a|b.c]", "*x*", "h1. ", "\n", "ORA-01017", "java.lang.NullPointerException"]
    + ["-- ", "[b]", "[/b]", "https://a.example/b?utm_x=1", "wrote:", "\n\n"]
    + ["Regards,", "From: a <a@b.example>", "Subject: x", "Sent: 1.1.2025 10:00", "!a.png!", "[x](y)", "\u200b", "——"]
)  # fmt: skip


LISTS = st.lists(PIECES, max_size=8)


@given(st.one_of(st.text(max_size=300), LISTS.map("".join), LISTS.map("\n".join)))
@settings(max_examples=150, deadline=None)
def test_own_words_of_anything(text: str) -> None:
    own = own_words(text)
    assert own_words(own) == own
    assert len(own) <= len(text) + 20
    assert any(map(str.isalnum, own)) or not any(map(str.isalnum, text.encode("utf-8", "ignore").decode()))


CODES = ["ORA-01017", "0x80070005", "CVE-2021-44228", "java.lang.NullPointerException", "ERR_CONNECTION_RESET"]
OWN = st.lists(st.sampled_from([*CODES, *WORDS.values(), "The page says", "\n", "\n\n"]), min_size=1, max_size=12)


@given(OWN, st.sampled_from(MAILS))
@settings(max_examples=60, deadline=None)
def test_identifiers_survive(parts: list[str], mail: tuple[str, str, str]) -> None:
    own = " ".join(parts)
    assert identifiers(own_words(f"{own}\n\n{mail[1]}")) >= identifiers(own)


@pytest.mark.parametrize(
    "unit",
    [">", " ", "> a\n", "<", "<p>", "<!--", "<script>", "--\n", "From: a\n", "On Monday 3 March 2025 10:12 ", "a.",
     "[a|", "{code}", "http://", "&amp;", "```\n", "regards\n", "tel: 0123456789\n", "wrote: ", "|a|\n", "\ud800",
     "x \n"],
)  # fmt: skip
def test_time_grows_with_length_only(unit: str) -> None:
    def cost(size: int) -> float:
        text = "a " + unit * (size // len(unit)) + " b"
        start = time.process_time()
        own_words(text)
        return time.process_time() - start

    assert cost(30_000) < 0.2 + 25 * cost(3_000)


ODD = ["", "It stops:", "at 10:12 on 3 March:", "wrote:", "---", "# - a - #", "From: a", "Von: b", "x" * 200, "1:"]
LINES = st.sampled_from([*sorted({line for _, body, _ in MAILS for line in body.split("\n")}), *ODD])


@given(st.lists(LINES, max_size=12))
@settings(max_examples=200, deadline=None)
def test_the_cheap_look_hides_no_head(lines: list[str]) -> None:
    assert may_have("\n".join(lines)) or not heads(lines)

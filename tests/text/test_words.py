"""Titles, languages and empty messages in the languages of support queues."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.text.boilerplate import repeated_share, says_nothing
from supportctl.text.language import language, leaning
from supportctl.text.titles import STOCK, bare_title, is_stock

SENTENCES = {
    "en": "Since this morning the printer on the second floor does not print and shows an error on the display.",
    "de": "Seit heute Morgen druckt der Drucker im zweiten Stock nicht mehr und zeigt einen Fehler auf dem Display.",
    "fr": "Depuis ce matin l'imprimante du deuxième étage ne fonctionne plus et affiche une erreur sur son écran.",
    "es": "Desde esta mañana la impresora de la segunda planta no funciona y muestra un error en la pantalla.",
    "pt": "Desde esta manhã a impressora do segundo andar não funciona e mostra um erro no ecrã, o que se passa?",
    "it": "Da questa mattina la stampante del secondo piano non funziona e mostra un errore sul display, come mai?",
    "nl": "Sinds vanmorgen werkt de printer op de tweede verdieping niet meer en er staat een fout op het scherm.",
    "pl": "Od rana drukarka na drugim piętrze nie działa i na ekranie jest błąd, czy może ktoś to sprawdzić?",
    "sv": "Sedan i morse fungerar inte skrivaren på andra våningen och det är ett fel på skärmen som jag inte förstår.",
    "ja": "今朝から二階のプリンターが印刷できず、画面にエラーが表示されます。",
    "zh": "从今天早上开始，二楼的打印机无法打印，屏幕上显示错误。",
    "ko": "오늘 아침부터 2층 프린터가 인쇄되지 않고 화면에 오류가 표시됩니다.",
    "ru": "С сегодняшнего утра принтер на втором этаже не печатает, и на экране ошибка, которую мы не понимаем.",
    "uk": "Сьогодні зранку принтер на другому поверсі не друкує, і на екрані помилка.",
    "ar": "منذ صباح اليوم لا تعمل الطابعة في الطابق الثاني وتظهر رسالة خطأ على الشاشة.",
    "el": "Από σήμερα το πρωί ο εκτυπωτής στον δεύτερο όροφο δεν εκτυπώνει.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_language_of_a_sentence(code: str) -> None:
    assert language(SENTENCES[code]) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "VPN error 0x80070005",
        "Merci!",
        "java.lang.NullPointerException\n at com.acme.Main.run(Main.java:12)\n at com.acme.Main.main(Main.java:3)",
        "Kubernetes Docker Jenkins Terraform Ansible Grafana Prometheus Elasticsearch Kibana Logstash",
        "Ann Lee, Marco Rossi, Jean Dupont, Hans Müller, Piotr Kowalski, José García",
        f"{SENTENCES['de']} {SENTENCES['fr']} {SENTENCES['en']}",
        "SELECT id, name FROM users WHERE id = 12 AND name LIKE 'a%' ORDER BY name",
    ],
)
def test_no_bet_on_short_mixed_or_machine_text(text: str) -> None:
    assert language(text) is None


def test_leaning() -> None:
    assert leaning("Das geht nicht") == "de"
    assert leaning("is this for you") == "en"
    assert leaning("4711") is None


@pytest.mark.parametrize("code", STOCK)
def test_stock_titles(code: str) -> None:
    assert all(is_stock(f"{title}!") for title in STOCK[code])
    assert all(is_stock(title.upper()) for title in STOCK[code])


def test_bare_titles() -> None:
    assert bare_title("Re: Fwd: RE[2]: ") == ""
    assert bare_title("[EXTERNAL] AW: WG: Hilfe!!!") == "Hilfe"
    assert bare_title("回复：转发: 打印机无法打印") == "打印机无法打印"
    assert bare_title("Reset of the VPN token fails") == "Reset of the VPN token fails"
    assert bare_title("[ISSUE][iOS 9.1 with SDK 5.0]") == "ISSUE][iOS 9.1 with SDK 5.0"
    assert bare_title("Fwd: [EXTERNAL]") == "EXTERNAL"
    assert is_stock("???")
    assert not is_stock("Printer on floor 2 shows an error")


EMPTY = [
    "",
    "  \n\n",
    ".",
    "-",
    "n/a",
    "see title",
    "Hi team,\n\n\nThanks,\nAnn Lee",
    "Cheers, Ann Lee",
    "Best regards\nAnn Lee\nSenior Buyer | Acme Hotels Ltd\nTel: +44 20 7946 0958\nann@acme-hotels.com",
    "-- \nAnn Lee\nAcme Hotels",
    "Sent from my iPhone",
    "Mit freundlichen Grüßen\nAnn Lee",
    "Sehr geehrte Damen und Herren,\n\nViele Grüße\nAnn Lee\nEinkauf",
    "Bonjour,\n\nCordialement,\nAnn Lee",
    "Hola,\n\nUn saludo,\nAnn Lee",
    "Olá,\n\nCumprimentos,\nAnn Lee",
    "お世話になっております。\n\nよろしくお願いいたします。\nAnn Lee",
    "مع الشكر\nAnn Lee",
    "Steps to reproduce:\n\nExpected:\n\nActual:\n",
    "h3. Steps\n\nh3. Expected\n",
    "Thank you\n\nCAUTION: This email originated outside of the organisation.",
]


@pytest.mark.parametrize("text", EMPTY)
def test_messages_that_say_nothing(text: str) -> None:
    assert says_nothing(text, ("Ann Lee", "ann@example.org"))


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES.values(),
        "Hi, printer broken",
        "Printer?",
        "Error 500",
        "Thanks for calling. Printer is down again",
        "Hello team,\n\nVPN down.\n\nBest regards\nAnn Lee",
        "Best regards\nAnn Lee\n\nPS: the printer on floor 2 prints only blank pages since Monday.",
        "Danke!\nDrucker defekt",
        "!image-2026-03-02.png|thumbnail!",
        "Steps to reproduce:\nopen the page\nExpected:\nActual:",
        "The screen says:",
        "---------- Forwarded message ---------\nFrom: Bo\nSubject: outage\n\nThe site is down.",
        "> The site is down",
        "打印机坏了，请处理",
        "# copy the file\n# paste it into the editor\n# it is cut off",
        "https://host.example/video/42",
        "h3. Steps\nhttps://host.example/questions/42\nh3. Expected\nhttps://host.example/questions/42",
        "bo.marsh@acme-hotels.com",
    ],
)
def test_messages_that_say_something(text: str) -> None:
    assert not says_nothing(text, ("Ann Lee",))


def test_share_of_what_is_only_repeated() -> None:
    thread = "Still broken.\n\nOn Monday, Kim wrote:\n" + "> We are looking into the cause of this.\n" * 40
    assert repeated_share(thread) > 0.9
    assert repeated_share("The tunnel closes after an hour. " * 20) == 0
    assert repeated_share("") == 0
    assert repeated_share("It crashes:\n> npm install\n" + "npm WARN deprecated package\n" * 99) == 0
    assert repeated_share("From: Bo\nTo: desk\n\n" + "The site is down. " * 99) == 0
    outlook = "Still down.\n\nVon: Kim\nGesendet: Montag\nBetreff: VPN\n\n" + "Wir sehen uns das an. " * 99
    assert repeated_share(outlook) > 0.9
    assert repeated_share("from: 12\nx\ny\n" + "a line of a log\n" * 99) == 0
    legal = "Broken.\n\n" + "This e-mail is privileged and confidential. " * 10
    assert repeated_share(legal) > 0.9


@pytest.mark.parametrize(
    "unit", ["hi ", "thanks ", "> ", "a:\n", "re: ", "[a]", "Best regards ", "the ", "\n", "On x wrote:\n"]
)
def test_time_is_linear(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.thread_time()
    for use in (language, says_nothing, repeated_share, bare_title, is_stock):
        use(text)
    says_nothing(text[:3900])
    assert time.thread_time() - started < 5


@pytest.mark.parametrize("unit", ["漢字", "aB3+x9Q", "[["])
def test_a_word_without_end_costs_no_more(unit: str) -> None:
    """Ten messages in a script without blanks, or of an encoded file."""
    text = unit * 4000
    started = time.thread_time()
    for _ in range(10):
        language(text)
    assert time.thread_time() - started < 1


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    language(text)
    leaning(text)
    says_nothing(text)
    assert 0 <= repeated_share(text) <= 1
    assert is_stock(bare_title(text)) in (True, False)

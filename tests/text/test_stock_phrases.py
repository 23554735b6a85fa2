"""Stock phrases in the languages of the queues: what each list must know, and what it must not be taken in by."""

from collections.abc import Callable
from datetime import date

import pytest

from supportctl.text.automatic import Automatic, automatic, automatic_subject, is_acknowledgement, tells_absence
from supportctl.text.confidential import greeted, is_marked_internal
from supportctl.text.contact import asks, speaks_of_priority, tells_of_call
from supportctl.text.courtesy import is_gone, is_thanks
from supportctl.text.dates import days_in
from supportctl.text.enclosed import holds_something, says_attached
from supportctl.text.reach import is_unhurried, tells_of_one, tells_of_outage
from supportctl.text.silence import closes_for_silence, names_silence

THANKS = (
    "Thank you, works perfectly!",
    "Great, thanks a lot for the quick help.",
    "Perfect, thanks! I'll tell the team.",
    "Super, vielen Dank für die schnelle Hilfe!",
    "Merci beaucoup, tout fonctionne !",
    "¡Muchas gracias, todo perfecto!",
    "Grazie mille, risolto!",
    "Muito obrigado, já funciona!",
    "Dank je wel, werkt weer",
    "Dziękuję bardzo, wszystko działa",
    "Tack så mycket!",
    "直りました。ありがとうございました。",
    "谢谢，可以了",
    "شكرا جزيلا، كل شيء يعمل الآن.",
    "Haven't seen it happening anymore, so thx.",
)
NO_THANKS = (
    "Thanks, but it still drops.",
    "Thanks for your quick reply. It fails with error E-12.",
    "Thanks. When will it be done?",
    "Thanks, please find the log attached",
    "Vielen Dank im Voraus",
    "Danke, leider geht es nicht.",
    "Merci d'avance",
    "Gracias, pero no funciona",
    "ありがとうございます。まだ直りません。",
    "The printer prints blank pages since Monday and all of us are affected.\nThanks,\nAnn",
)
GONE = (
    "Never mind, it works again. You can close this request.",
    "Hat sich erledigt, funktioniert wieder.",
    "C'est réglé, tout fonctionne de nouveau. Vous pouvez fermer la demande.",
    "Ya funciona otra vez, pueden cerrar la solicitud.",
    "I figured it out.",
    "Closed.",
    "erledigt",
    "Everything works fine.",
    "解決しました",
)
NOT_GONE = (
    "It worked yesterday evening, and today the display is dark.",
    "Es geht um die Rechnung vom Mai.",
    "The month view is slow since the update of last Friday on all desks; the day view works fine.",
    "I can confirm the problem on version 4.3.",
    "This ticket is not fixed, please reopen.",
    "Version 4.2, and it drops.",
    "El problema no está resuelto.",
    "Non è ancora risolto.",
)


@pytest.mark.parametrize(
    "body", ["Confirmed.", "ok", "👍", "Perfect!", "Great, sounds good", "No further questions.", "Passt"]
)
def test_a_nod_asks_nothing(body: str) -> None:
    assert is_thanks(body)


@pytest.mark.parametrize(
    "body",
    ["ok, but it is slow", "Great, now the mail is down", "Perfect?", "ok can you do Bob too", "okta is down", ""],
)
def test_more_than_a_nod(body: str) -> None:
    assert not is_thanks(body)


@pytest.mark.parametrize(
    "body", ["Yes, confirmed working.", "That did the trick", "I can log in again", "Working as expected now"]
)
def test_word_that_it_works(body: str) -> None:
    assert is_gone(body)


@pytest.mark.parametrize(
    "body",
    ["I cannot say whether that did the trick", "It is not working as expected", "I can log in again but not print"],
)
def test_word_that_it_does_not(body: str) -> None:
    assert not is_gone(body)


@pytest.mark.parametrize("body", THANKS)
def test_thanks(body: str) -> None:
    assert is_thanks(body)


@pytest.mark.parametrize("body", NO_THANKS)
def test_no_thanks(body: str) -> None:
    assert not is_thanks(body)
    assert not is_gone(body)


@pytest.mark.parametrize("body", GONE)
def test_gone(body: str) -> None:
    assert is_gone(body)


@pytest.mark.parametrize("body", NOT_GONE)
def test_not_gone(body: str) -> None:
    assert not is_gone(body)
    assert not is_thanks(body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("We have received your request. This message was sent automatically.", Automatic.ACKNOWLEDGEMENT),
        ("Wir melden uns. Diese Nachricht wurde automatisch gesendet.", Automatic.ACKNOWLEDGEMENT),
        ("Nous avons bien reçu votre demande. Ce message est automatique.", Automatic.ACKNOWLEDGEMENT),
        ("Hemos recibido su solicitud. Este mensaje es automático.", Automatic.ACKNOWLEDGEMENT),
        ("Recebemos o seu pedido. Esta mensagem é automática.", Automatic.ACKNOWLEDGEMENT),
        ("お問い合わせを受け付けました。このメールは自動送信です。", Automatic.ACKNOWLEDGEMENT),
        ("لقد تلقينا طلبكم. هذه رسالة آلية.", Automatic.ACKNOWLEDGEMENT),
        ("I am currently out of the office until 3 March.", Automatic.ABSENCE),
        ("Ich bin bis 3. März im Urlaub.", Automatic.ABSENCE),
        ("Je suis actuellement en congés.", Automatic.ABSENCE),
        ("Estoy de vacaciones hasta el lunes.", Automatic.ABSENCE),
        ("Sono in ferie fino al 3 marzo.", Automatic.ABSENCE),
        ("Ik ben tot maandag afwezig.", Automatic.ABSENCE),
        ("本日は休暇をいただいております。", Automatic.ABSENCE),
        ("Your message could not be delivered to the following address.", Automatic.BOUNCE),
        ("Ihre Nachricht konnte nicht zugestellt werden.", Automatic.BOUNCE),
        ("Subject: Automatic reply: VPN\n\nBack on Monday.", Automatic.ABSENCE),
    ],
)
def test_automatic(body: str, kind: Automatic) -> None:
    assert automatic(body) is kind
    assert is_acknowledgement(body) is (kind is Automatic.ACKNOWLEDGEMENT)
    assert tells_absence(body) is (kind is Automatic.ABSENCE)


@pytest.mark.parametrize(
    "body",
    [
        "We have received your request, and I am looking into it.",
        "Hello, we could reproduce it here.",
        "My office printer is broken, and I cannot leave before it works.",
        "The automation on our side stopped.\n\nOn Monday Kim wrote:\n> This message was sent automatically.",
        "",
    ],
)
def test_written_by_a_person(body: str) -> None:
    assert automatic(body) is None
    assert not is_acknowledgement(body)


def test_automatic_by_subject_and_channel() -> None:
    assert automatic_subject("Re: Automatic reply: VPN") is Automatic.ABSENCE
    assert automatic_subject("Unzustellbar: Ihre Anfrage") is Automatic.BOUNCE
    assert automatic_subject("The automatic reply does not work") is None
    assert automatic_subject(None) is None
    assert automatic("Anything", "rule") is Automatic.ACKNOWLEDGEMENT
    assert is_acknowledgement("Anything", "rule")


YES_NO: list[tuple[Callable[[str], bool], tuple[str, ...], tuple[str, ...]]] = [
    (
        tells_of_call,
        (
            "Phone call with the customer, fifteen minutes.",
            "Called her back, left a voicemail.",
            "Telefonat mit dem Kunden",
            "Appelé le client, il regarde.",
            "Llamé al cliente.",
            "お客様に電話しました",
        ),
        ("Customer called to say that it happened again.", "Recalled the update.", "Calls fail with E-7."),
    ),
    (
        asks,
        (
            "Which version?",
            "Bitte schicken Sie uns ein Foto.",
            "¿Nos puede enviar una foto?",
            "ラベルの写真をお送りください。",
            "هل يمكنكم إرسال صورة؟",
        ),
        ("I have picked this up.", "Wir prüfen das gerade.", "ただいま確認しております。"),
    ),
    (
        speaks_of_priority,
        ("One user only, lower impact.", "Auswirkung geringer, herabgestuft", "sev 3 now", "優先度を下げました"),
        ("The certificate was renewed.", "Neustart half."),
    ),
    (
        is_marked_internal,
        (
            "[Internal] check the log",
            "INTERNAL: customer is difficult",
            "**Internal note**: vendor is slow",
            "Please do not share with the customer, but we broke it",
            "Bitte nicht an den Kunden weitergeben",
            "Nur intern: prüfen",
            "Nota interna: revisar",
            "Ne pas communiquer au client.",
            "社内限: 確認",
        ),
        (
            "This API is for internal use only, please use the public one.",
            "Our internal team is looking at it.",
            "Internal server error: 500",
            "internal-api returned 500",
            "Do not share your password with anyone",
            "Please do not send customer data by mail",
            "Internal: 10.0.0.1\nExternal: 192.0.2.7",
            "Das interne Netz ist wieder da",
        ),
    ),
    (
        says_attached,
        (
            "Please see attached.",
            "I have attached the log file",
            "Screenshot attached",
            "siehe Anhang",
            "Anbei der Screenshot",
            "Vous trouverez ci-joint la capture",
            "Adjunto captura de pantalla",
            "In allegato la foto",
            "Segue em anexo o print",
            "zie bijlage",
            "添付しました。",
            "请见附件",
        ),
        (
            "I did not attach anything",
            "I don't see any file attached to the message.",
            "Should I attach a screenshot?",
            "I will attach a log tomorrow",
            "The printer attached to my desk",
            "Images attached to custom objects are not loaded",
            "This email and any attachments are confidential",
            "Ein besseres Foto habe ich leider nicht.",
        ),
    ),
    (
        holds_something,
        ("!shot.png|thumbnail!", "[^router.log]", "see https://files.example.org/7", "![shot](a.png)"),
        ("Screenshot attached", "It works!", "Wow! great.png"),
    ),
    (
        names_silence,
        (
            "No response",
            "Closed - no reply from customer",
            "Abandoned",
            "Keine Rückmeldung",
            "no_response",
            "Sin respuesta",
        ),
        ("Solved (Permanently)", "Solved remotely", "Service restarted", "duplicate"),
    ),
    (
        closes_for_silence,
        (
            "We have not heard from you since our last question, so we are closing it for now.",
            "Wir haben seit unserer Rückfrage nichts gehört und schließen sie deshalb vorerst.",
            "Nous n'avons pas eu de réponse de votre part ; nous la fermons donc pour l'instant.",
            "No response received, closing the ticket.",
        ),
        (
            "If we do not hear from you we will close it.",
            "Your ticket is resolved.",
            "We have not heard from the vendor yet.",
        ),
    ),
    (
        tells_of_outage,
        (
            "Nobody in the building can log in.",
            "All users are offline.",
            "Die ganze Abteilung kann nicht arbeiten.",
            "Tous les utilisateurs sont bloqués, le site est inaccessible.",
            "全員ログインできない状態です",
        ),
        ("Hello everyone. My laptop is down.", "One phone is offline.", "Could you tell all users that it works?"),
    ),
    (
        tells_of_one,
        ("My laptop is slow", "Affects one user only", "Mein Passwort wird nicht angenommen"),
        ("My laptop and those of all colleagues", "The tunnel is down"),
    ),
    (is_unhurried, ("No rush.", "Ist nicht dringend", "急ぎません"), ("Urgent!", "We are in a hurry")),
]


@pytest.mark.parametrize(("told", "yes", "no"), YES_NO, ids=lambda value: getattr(value, "__name__", ""))
def test_told(told: Callable[[str], bool], yes: tuple[str, ...], no: tuple[str, ...]) -> None:
    assert [body for body in yes if not told(body)] == []
    assert [body for body in (*no, "") if told(body)] == []


@pytest.mark.parametrize(
    ("body", "whom"),
    [
        ("Hi Ann, please update", "ann"),
        ("Dear Mrs. Lee,\n", "lee"),
        ("Sehr geehrte Frau Lee,", "lee"),
        ("山田 様\n", "山田"),
        ("Hello, I looked at it", None),
        ("Checked the log", None),
    ],
)
def test_greeted(body: str, whom: str | None) -> None:
    assert greeted(body) == whom


def test_days() -> None:
    assert days_in("until 2026-03-06 or 7.3.2026") == [date(2026, 3, 6), date(2026, 3, 7)]
    assert set(days_in("03/04/2026")) == {date(2026, 4, 3), date(2026, 3, 4)}
    assert days_in("2026年3月9日まで") == [date(2026, 3, 9)]
    assert days_in("version 8.2.11, 31.02.2026, ticket 2026-13-01") == []

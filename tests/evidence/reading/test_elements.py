"""What customers and support write, element by element: told, told in part, and not told."""

from __future__ import annotations

import pytest

from supportctl.evidence.reading import Element, State, extract
from tests.evidence.reading.threads import thread

PRESENT, INFERRED, MISSING = State.PRESENT, State.INFERRED, State.MISSING

STEPS = [
    ("To reproduce: open the cart, add two items and press Pay.", PRESENT),
    ("1. Log in as admin\n2. Go to Users\n3. Click on Export", PRESENT),
    ("- Sign in\n- Choose a room\n- Press Book", PRESENT),
    ("Whenever I select a guest and then click Merge, the list is empty.", PRESENT),
    ("Go to Settings > Users > Import and the page hangs.", PRESENT),
    ("Sobald ich eine Buchung öffne und auf Speichern klicke, friert das Fenster ein.", PRESENT),
    ("So lässt sich der Fehler reproduzieren: Menü öffnen, Datei auswählen, hochladen.", PRESENT),
    ("Dès que j'ouvre le calendrier et que je clique sur Imprimer, rien ne sort.", PRESENT),
    ("Cada vez que abro el informe y pulso Descargar, se cierra la ventana.", PRESENT),
    ("Sempre que abro a ficha do cliente e carrego em Gravar, dá erro.", PRESENT),
    ("顧客一覧を開いて「削除」をクリックすると画面が固まります。", PRESENT),
    ("What steps will reproduce the problem?\n1. Start the app\n2. Plug in the scanner", PRESENT),
    ("When I save, it fails.", INFERRED),
    ("Beim Speichern stürzt es ab.", INFERRED),
    ("It is broken again.", MISSING),
    ("I tried restarting the computer and clearing the cache, no luck.", MISSING),
    ("I cannot reproduce it, it just happens.", MISSING),
    ("Leider kann ich den Fehler nicht nachstellen.", MISSING),
    ("Steps to reproduce:\n1.\n2.\n3.", MISSING),
    ("Steps to reproduce: n/a", MISSING),
    ("### Steps to reproduce\n<!-- describe the steps -->\n\n### Notes\nnone", MISSING),
    ("We have three problems:\n1. The invoice is wrong\n2. The logo is missing\n3. Nobody answers", MISSING),
    ("再現手順：不明", MISSING),
]
EXPECTED = [
    ("I would have expected a confirmation mail.", PRESENT),
    ("The total should be 42.00 and not 41.99.", PRESENT),
    ("It is supposed to print two copies.", PRESENT),
    ("What did you expect to happen?\nThe order is sent.", PRESENT),
    ("Es müsste eigentlich eine Bestätigung kommen.", PRESENT),
    ("Soll: Betrag 10,00\nIst: Betrag 9,00", PRESENT),
    ("Le rapport devrait s'ouvrir dans un nouvel onglet.", PRESENT),
    ("Debería llegar un correo de confirmación.", PRESENT),
    ("Deveria aparecer a lista de hóspedes.", PRESENT),
    ("本来は一覧に戻るはずです。", PRESENT),
    ("What should I do now?", MISSING),
    ("We expect your answer by Friday.", MISSING),
    ("The first page works as expected.", MISSING),
    ("This is unexpected.", MISSING),
    ("Sollten Sie Fragen haben, rufen Sie an.", MISSING),
    ("Wir erwarten Ihre Rückmeldung.", MISSING),
    ("Expected result: -", MISSING),
    ("Nous attendons votre réponse.", MISSING),
]
ACTUAL = [
    ("We get error 0x80070005 when saving.", PRESENT),
    ('It says "Your session has expired, please sign in again".', PRESENT),
    ("java.lang.NullPointerException: null at checkout", PRESENT),
    ("The API returns 503 Service Unavailable.", PRESENT),
    ("Es erscheint die Fehlermeldung „Zugriff verweigert“.", PRESENT),
    ("Actual result: the window closes at once", PRESENT),
    ("Le message « Connexion impossible au serveur » s'affiche.", PRESENT),
    ("Aparece el mensaje «Tarjeta rechazada por el banco».", PRESENT),
    ('Surge a mensagem "Ficheiro demasiado grande".', PRESENT),
    ("「権限がありません」というエラーが表示されます。", PRESENT),
    ('ERROR: relation "bookings" does not exist', PRESENT),
    ("The page stays blank, there is no error message.", INFERRED),
    ("The app crashes.", INFERRED),
    ("Die Seite lädt nicht, eine Fehlermeldung kommt keine.", INFERRED),
    ("L'application plante au démarrage.", INFERRED),
    ("アプリが落ちます。エラーメッセージは出ません。", INFERRED),
    ("Please call me back.", MISSING),
    ("Could you tell me what error 42 means?", MISSING),
    ("How do I add a user?", MISSING),
]
ENVIRONMENT = [
    ("We use version 7.4.1.", PRESENT),
    ("Chrome 121 on macOS 14.2", PRESENT),
    ("Betriebssystem: Windows 10\nBrowser: Edge 120", PRESENT),
    ("Version du logiciel : 3.2", PRESENT),
    ("La versión es la 5.0.3 y uso Firefox 122.", PRESENT),
    ("A aplicação está na versão 2.11.", PRESENT),
    ("アプリのバージョンは 6.2.0 です。", PRESENT),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0", PRESENT),
    ("iOS 17.3, app build 4412", PRESENT),
    ("HarborPOS 4.3.1 on Android 14", PRESENT),
    ("I use Chrome.", INFERRED),
    ("Browser: Safari", INFERRED),
    ("I do not know which version we have.", MISSING),
    ("Version: unknown", MISSING),
    ("Welche Version wir haben, weiß ich nicht.", MISSING),
    ("On invoice 4.500 the amount of 12.50 EUR is wrong since 2026-03-02.", MISSING),
    ("Is this fixed in version 8?", MISSING),
    ("The meeting is at 10.30 in room 4.2.", MISSING),
]
IMPACT = [
    ("All our receptionists are unable to check in guests.", PRESENT),
    ("About 30 users are affected.", PRESENT),
    ("We are losing 500 EUR per hour.", PRESENT),
    ("Only my account is affected, nobody else has it.", PRESENT),
    ("Niemand im Haus kann mehr Rechnungen schreiben.", PRESENT),
    ("Betroffen sind 12 Kassen in drei Filialen.", PRESENT),
    ("Personne ne peut se connecter.", PRESENT),
    ("Ningún cliente puede pagar con tarjeta.", PRESENT),
    ("Ninguém consegue faturar desde manhã.", PRESENT),
    ("全拠点のユーザーがログインできません。", PRESENT),
    ("Impact: none", PRESENT),
    ("Impact: high", INFERRED),
    ("There is no workaround.", INFERRED),
    ("Some customers complained.", INFERRED),
    ("Impact:", MISSING),
    ("I do not know how many users are affected.", MISSING),
    ("We have 300 users and love the product.", MISSING),
    ("Are other customers affected?", MISSING),
]
TIMES = [
    ("It happened on 2026-03-02 at 14:05 UTC.", PRESENT),
    ("Last seen 2026-03-02T14:05:10+01:00", PRESENT),
    ("At 2:05 pm PST the export failed.", PRESENT),
    ("Zuletzt um 14:05 Uhr MEZ.", PRESENT),
    ("Hier à 14h05, heure de Paris, tout s'est arrêté.", PRESENT),
    ("Ayer a las 14:05 (hora de Madrid) falló otra vez.", PRESENT),
    ("Falhou às 14:05, hora de Lisboa.", PRESENT),
    ("3月2日 14時05分（日本時間）に発生しました。", PRESENT),
    ("It happened around 14:05.", INFERRED),
    ("Gegen 9 Uhr ging nichts mehr.", INFERRED),
    ("It happened last week.", MISSING),
    ("You can reach me between 9:00 and 17:00 CET.", MISSING),
    ("The ratio is 16:9 and the version 10.15.", MISSING),
]
TRACE = [
    ("x-request-id: 7f3a9c2e51", PRESENT),
    ("The correlation id is 0b9f6c1e-7f43-4d2a-9a51-2f6f1f0c9a11.", PRESENT),
    ("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", PRESENT),
    ("Vorgangs-ID: A1B2-99812", PRESENT),
    ("ID de requête : 88f1c2d3e4", PRESENT),
    ("ID de la solicitud: 55aa91bc02", PRESENT),
    ("リクエストID：ab12cd34ef56", PRESENT),
    ("cf-ray 7d1f0b623c554f1e-AMS", PRESENT),
    ("0b9f6c1e-7f43-4d2a-9a51-2f6f1f0c9a11", INFERRED),
    ("Our customer id is 0b9f6c1e-7f43-4d2a-9a51-2f6f1f0c9a11.", MISSING),
    ("Request id: n/a", MISSING),
    ("I do not have a request id.", MISSING),
    ("My request identification was lost on 2026-03-02.", MISSING),
]
SINCE = [
    ("It started yesterday after the update.", PRESENT),
    ("Since Monday nothing prints.", PRESENT),
    ("It fails every time.", PRESENT),
    ("It happens about 3 out of 10 times.", PRESENT),
    ("Seit gestern geht das nicht mehr.", PRESENT),
    ("Der Fehler tritt sporadisch auf.", PRESENT),
    ("Depuis lundi, les mails ne partent plus.", PRESENT),
    ("Desde ayer no imprime.", PRESENT),
    ("Desde ontem não imprime.", PRESENT),
    ("先週から時々発生しています。", PRESENT),
    ("Since we are a hotel, we need this.", MISSING),
    ("I called twice today.", MISSING),
    ("I do not know since when.", MISSING),
    ("Since when does it happen?", MISSING),
    ("We always liked your product.", MISSING),
]
CASES = {
    Element.STEPS: STEPS,
    Element.EXPECTED: EXPECTED,
    Element.ACTUAL: ACTUAL,
    Element.ENVIRONMENT: ENVIRONMENT,
    Element.IMPACT: IMPACT,
    Element.TIMES: TIMES,
    Element.TRACE: TRACE,
    Element.SINCE: SINCE,
}


@pytest.mark.parametrize(
    ("element", "text", "state"),
    [(element, text, state) for element, cases in CASES.items() for text, state in cases],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else None,
)
def test_elements(element: Element, text: str, state: State) -> None:
    found = extract(thread(text))[element]
    assert found.state is state, found
    if state is not MISSING:
        assert found.source is not None
        assert found.source.place == "description"

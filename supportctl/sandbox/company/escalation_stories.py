"""What is written in the twelve escalated tickets, and what of it an engineer can use.

``told`` and ``partly`` name elements of a report; what is in neither is not told. Severity counts as partly told by
the priority every ticket has, and as told where its reason stands in the text: said so, or by who is hit.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    topic: str
    language: str
    title: str
    description: str
    thread: tuple[tuple[str, ...], ...]
    """(``customer``, ``agent`` or ``note``, text, and perhaps the name of a file)."""
    told: str
    partly: str
    values: tuple[tuple[str, str], ...] = ()
    """(element, what must be among what is found)."""


STORIES = (
    Story(
        "channel_sync",
        "en",
        "Rate changes are not pushed to Portalo",
        "## Steps to reproduce\n1. Sign in to the back office as a revenue manager\n2. Open Rates > Season "
        "plan\n3. Change the price of "
        "room type Double to 149\n4. Press Publish\n\n## Expected result\nThe new price is sent to the "
        "portal within five minutes.\n\n"
        "## Actual result\nA red bar appears: \"Publish rejected by channel (PUB-4093)\" and the portal "
        "keeps the old price.\n\n"
        "## Environment\n- Back office version: {version}\n- Browser: Firefox 133.0\n- OS: Windows 11\n\n## "
        "Impact\nAll 14 properties of "
        "the group sell at the wrong price, about 2,300 EUR a day.\n\n## When\nLast seen {date} {clock} UTC. "
        "Request id: {request}\nIt "
        "has been like this since we moved to {version}.",
        (
            ("agent", "Thank you, this is very clear. Could you also attach the log of the channel job?"),
            ("customer", "Here it is.", "channel-job.log"),
            ("note", "Reproduced on the staging tenant with {version}: same PUB-4093 after Publish."),
        ),
        "steps actual expected environment impact severity times trace since evidence reproduced",
        "",
        (("environment", "{version}"), ("actual", "PUB-4093"), ("trace", "{request}")),
    ),
    Story(
        "terminal_error",
        "en",
        "Guests cannot pay at the pool bar",
        "Hi,\n\nthe terminal at the pool bar plays up again. Guests are getting annoyed, can somebody have a "
        "look?\n\nThanks\nThe bar",
        (
            (
                "agent",
                "Sorry to hear that. What do you do on the terminal when it happens, what does it show, which "
                "firmware is on it and "
                "since when do you see it?",
            ),
            (
                "customer",
                "When I tap New sale, type the amount and the guest holds the card to the reader, it beeps twice and "
                "says \"Contactless "
                "not permitted\". The sale should simply go through. It has happened every time since Saturday. "
                "Firmware {older}. We "
                "have had to send about 40 guests to the reception to pay there.",
            ),
            ("customer", "Sorry, I looked at the wrong one: the pool bar has firmware {version}."),
            ("note", "Tried three cards on our own terminal with the same firmware, could not reproduce it so far."),
        ),
        "steps actual expected environment impact severity since",
        "",
        (("environment", "{version}"), ("actual", "Contactless not permitted")),
    ),
    Story(
        "double_booking",
        "de",
        "Belegungsplan bleibt leer",
        "Guten Tag,\n\nseit dem Update am Dienstag bleibt der Belegungsplan bei uns leer. Ich öffne den "
        "Plan, wähle den Monat August und "
        "klicke auf Anzeigen, dann sehe ich nur noch eine weiße Fläche. Eine Fehlermeldung erscheint nicht. "
        "Eigentlich müssten dort alle "
        "Buchungen des Monats stehen.\n\nIch arbeite mit Firefox. Welche Version des Programms wir haben, "
        "weiß ich leider nicht.\n\n"
        "Viele Grüße\nEmpfang",
        (("agent", "Guten Tag, danke für die Schilderung. Tritt es auch in einem privaten Fenster auf?"),),
        "steps expected since",
        "actual environment severity",
    ),
    Story(
        "receipt_printer",
        "fr",
        "Les tickets de caisse sortent en double",
        "Étapes pour reproduire :\n1. Ouvrir une vente\n2. Choisir « Carte » puis valider\n3. Répondre « Oui "
        "» à l'impression\n\n"
        "Résultat attendu : un seul ticket est imprimé.\n\nRésultat obtenu : deux tickets identiques sortent "
        "de l'imprimante.\n\n"
        "Environnement : caisse {serial}, logiciel version {version}\n\nImpact :\n\nHeure : n/a\n\nPièces "
        "jointes :\n",
        (
            ("agent", "Bonjour, merci, c'est noté : je transmets votre signalement à nos développeurs."),
            ("note", "Pas encore testé de notre côté, la caisse de démonstration est en réparation."),
        ),
        "steps actual expected environment",
        "severity",
        (("environment", "{version}"),),
    ),
    Story(
        "vpn_down",
        "es",
        "No funciona",
        "Buenos días:\n\nno nos funciona nada desde la oficina. Es urgente, llámennos por favor.\n\nUn saludo",
        (
            (
                "agent",
                "Buenos días, para poder ayudarle necesitamos más datos.\n\nPasos para reproducir:\nResultado "
                "esperado:\nMensaje de error:\n"
                "Versión:\nNavegador:\n¿A cuántas personas afecta?\n¿Desde cuándo ocurre?",
            ),
            ("note", "He llamado dos veces, no contestan."),
        ),
        "",
        "actual severity",
    ),
    Story(
        "channel_sync",
        "ja",
        "予約が保存できません",
        "お世話になっております。\n\n【再現手順】\n1. 予約一覧を開く\n2. 「新規予約」をクリックする\n3. "
        "宿泊者名を入力し、「保存」を押す\n\n【期待する結果】\n"
        "予約が登録され、一覧に表示される。\n\n【実際の結果】\n"
        "「サーバーエラーが発生しました（BK-5031）」と表示され、保存されません。\n\n【環境】\nWindows "
        "11、"
        "Chrome 131、管理画面バージョン {version}\n\n【発生日時】\n{date} "
        "{clock}（日本時間）\n\n【影響】\nフロント全員が新しい予約を登録できず、紙で控えています。\n\n"
        "【頻度】\n昨日の夕方から毎回発生しています。",
        (
            ("customer", "画面の記録を添付いたします。", "screen-record.log"),
            ("agent", "ありがとうございます。担当者に引き継ぎます。"),
            ("note", "検証環境でも同じ手順で再現しました。"),
        ),
        "steps actual expected environment impact severity times since evidence reproduced",
        "",
        (("environment", "{version}"), ("actual", "BK-5031")),
    ),
    Story(
        "settlement",
        "pt",
        "Fecho do dia fica a meio",
        "Bom dia,\n\no fecho do dia fica parado nos 60 % e depois de uns minutos aparece \"Tempo limite "
        "excedido (FD-217)\". Não "
        "conseguimos reproduzir de propósito, acontece de forma aleatória, duas ou três vezes por semana, "
        "desde o início do mês.",
        (
            ("agent", "Bom dia, que impacto tem isto para vocês e que versão usam?"),
            (
                "customer",
                "Quando acontece, os 6 hotéis do grupo ficam sem faturar até alguém repetir o fecho à mão, e "
                "perdemos cerca de 900 euros por "
                "noite em juros e estornos. Como solução temporária fechamos hotel a hotel. A versão é a {version}, "
                "no Edge 131.",
            ),
        ),
        "actual environment impact severity since",
        "",
        (("environment", "{version}"), ("actual", "FD-217")),
    ),
    Story(
        "portal_mail",
        "en",
        "Confirmation mails bounce",
        "Output of the mail job, nothing else to say:\n\n```\n{stamp}:07Z INFO  mailer start "
        "batch=118\n{stamp}:09Z ERROR mailer "
        "SmtpTransientException: 451 4.7.1 greylisted trace_id={trace}\n{stamp}:09Z ERROR mailer giving up "
        "on batch 118\n{stamp}:10Z INFO  "
        "mailer end\n```",
        (("agent", "Thank you. How many guests are affected, and since when do you see this?"),),
        "actual times trace evidence",
        "severity",
        (("actual", "SmtpTransientException"), ("trace", "{trace}")),
    ),
    Story(
        "permissions",
        "en",
        "Re: Access to the reports",
        "Any news on this? We are still waiting for an answer.\n\nRegards\nReception\n\nOn Mon, 2 Feb 2026 at "
        "09:12, Support wrote:\n> Please "
        "try this:\n> 1. Open Settings\n> 2. Click Roles\n> 3. Save the role Reports\n> Expected: the menu "
        "Reports appears.\n> This was "
        "tested with version 8.0.2 in Chrome 130 on Windows 10, request id "
        "7d1f0b62-3c55-4f1e-9a0e-5b0c6d7e8f90.\n> All users of your "
        "company were affected.",
        (("agent", "I am sorry that this is still open. Which message do you see now, and in which browser?"),),
        "",
        "severity",
    ),
    Story(
        "receipt_printer",
        "de",
        "Bondrucker druckt Kassenbelege ohne Steuersatz",
        "Hallo zusammen,\n\n1. Artikel „Frühstück“ auf den Bon buchen\n2. Auf „Bar“ tippen\n3. Beleg "
        "drucken\n\nAuf dem Beleg steht statt "
        "des Steuersatzes nur „TAX_RATE_MISSING“.\n\nViele Grüße",
        (
            ("agent", "Danke, das sehe ich mir gleich an."),
            (
                "note",
                "Für die Entwicklung:\nAuswirkung: drei Häuser dürfen solche Belege nicht herausgeben, sie schreiben "
                "Quittungen von Hand.\n"
                "Schweregrad: hoch, weil das Finanzamt vollständige Belege verlangt.\nUmgebung: Kasse {version}, "
                "Drucker TM-T20",
            ),
            ("note", "Ich konnte den Fehler mit {version} im Testsystem nachstellen."),
        ),
        "steps actual environment impact severity reproduced",
        "expected",
        (("environment", "{version}"), ("actual", "TAX_RATE_MISSING")),
    ),
    Story(
        "password_reset",
        "en",
        "Logged out in the middle of a check-in",
        "Hello,\n\nthe first page of the check-in works as expected. On the second page I am thrown back to "
        "the sign-in page without any "
        "error message. I can reproduce it every time, nobody else here has it. There is no "
        "workaround.\n\nMy browser says: Mozilla/5.0 "
        "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 "
        "Edg/131.0.2903.86\n",
        (
            ("customer", "Forgot to say: I do not know the request id you asked for.", "image001.png"),
            ("agent", "Thank you. We will try to reproduce this on our side; you will hear from us tomorrow."),
        ),
        "environment impact severity since",
        "actual",
        (("environment", "131"),),
    ),
    Story(
        "invoice_wrong",
        "es",
        "El total de la factura no cuadra",
        "Hola:\n\nactualizamos el programa de {older} a {version} y ahora el total de la factura {invoice} "
        "sale con un céntimo de más. "
        "Debería ser la suma de las líneas. Varios clientes se han quejado.\n\nPasó hoy a las {clock}. En la "
        "pantalla se ve este número: "
        "{other}\n\nUn saludo",
        (("agent", "Hola, gracias por el aviso. ¿Puede enviarnos una captura de la factura?"),),
        "expected environment since",
        "actual impact severity times trace",
        (("environment", "{version}"),),
    ),
)  # fmt: skip

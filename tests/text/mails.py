"""Mails as the programs of many senders write them, made up here: own words above, and the mail they answer below.

`ATTRIBUTIONS`: the line above a quotation, by program and language. `LABELS`: those of the block of Outlook above one.
"""

ADDRESS = "ann.lee@example.com"

WORDS = {
    "en": "The printer on the second floor still prints nothing.",
    "de": "Der Drucker im zweiten Stock druckt immer noch nicht.",
    "fr": "L'imprimante du deuxième étage n'imprime toujours rien.",
    "es": "La impresora de la segunda planta sigue sin imprimir nada.",
    "pt": "A impressora do segundo andar continua sem imprimir nada.",
    "it": "La stampante del secondo piano continua a non stampare.",
    "nl": "De printer op de tweede verdieping drukt nog steeds niets af.",
    "pl": "Drukarka na drugim piętrze nadal niczego nie drukuje.",
    "sv": "Skrivaren på andra våningen skriver fortfarande inte ut.",
    "da": "Printeren på anden sal udskriver stadig ikke noget.",
    "no": "Skriveren i andre etasje skriver fortsatt ikke ut noe.",
    "fi": "Toisen kerroksen tulostin ei edelleenkään tulosta mitään.",
    "cs": "Tiskárna ve druhém patře pořád nic netiskne.",
    "hu": "A második emeleti nyomtató még mindig nem nyomtat.",
    "ro": "Imprimanta de la etajul doi tot nu tipărește nimic.",
    "ru": "Принтер на втором этаже по-прежнему ничего не печатает.",
    "uk": "Принтер на другому поверсі й досі нічого не друкує.",
    "tr": "İkinci kattaki yazıcı hâlâ hiçbir şey yazdırmıyor.",
    "el": "Ο εκτυπωτής στον δεύτερο όροφο ακόμη δεν τυπώνει.",
    "ja": "二階のプリンターはまだ何も印刷できません。",
    "zh": "二楼的打印机还是什么都打印不出来。",
    "ko": "2층 프린터가 아직도 아무것도 인쇄하지 않습니다.",
    "ar": "الطابعة في الطابق الثاني لا تطبع شيئا حتى الآن.",
    "he": "המדפסת בקומה השנייה עדיין לא מדפיסה כלום.",
}
OLD = ("We have ordered fresh toner for you.", "It should arrive on Thursday.")

ATTRIBUTIONS: list[tuple[str, str, str]] = [
    ("gmail", "en", "On Mon, Mar 3, 2025 at 10:12 AM Ann Lee <{a}> wrote:"),
    ("gmail", "en", "On Mon, 3 Mar 2025 at 10:12, Ann Lee <{a}> wrote:"),
    ("gmail wrapped", "en", "On Mon, Mar 3, 2025 at 10:12 AM Ann Lee of the Very Long Company Name\n<{a}> wrote:"),
    ("gmail wrapped", "en", "On Mon, Mar 3, 2025 at 10:12 AM Ann Lee <{a}>\nwrote:"),
    ("gmail", "de", "Am Mo., 3. März 2025 um 10:12 Uhr schrieb Ann Lee <{a}>:"),
    ("gmail", "fr", "Le lun. 3 mars 2025 à 10:12, Ann Lee <{a}> a écrit :"),
    ("gmail nbsp", "fr", "Le lun. 3 mars 2025 à 10:12, Ann Lee <{a}> a écrit\u00a0:"),
    ("gmail", "es", "El lun, 3 mar 2025 a las 10:12, Ann Lee (<{a}>) escribió:"),
    ("gmail", "pt", "Em seg., 3 de mar. de 2025 às 10:12, Ann Lee <{a}> escreveu:"),
    ("gmail", "pt", "Ann Lee <{a}> escreveu (segunda, 3/03/2025 à(s) 10:12):"),
    ("gmail", "it", "Il giorno lun 3 mar 2025 alle ore 10:12 Ann Lee <{a}> ha scritto:"),
    ("gmail", "nl", "Op ma 3 mrt 2025 om 10:12 schreef Ann Lee <{a}>:"),
    ("gmail", "pl", "pon., 3 mar 2025 o 10:12 Ann Lee <{a}> napisał(a):"),
    ("gmail", "sv", "Den mån 3 mars 2025 kl 10:12 skrev Ann Lee <{a}>:"),
    ("gmail", "da", "Den man. 3. mar. 2025 kl. 10.12 skrev Ann Lee <{a}>:"),
    ("gmail", "no", "man. 3. mars 2025 kl. 10:12 skrev Ann Lee <{a}>:"),
    ("gmail", "fi", "ma 3. maalisk. 2025 klo 10.12 Ann Lee ({a}) kirjoitti:"),
    ("gmail", "cs", "po 3. 3. 2025 v 10:12 odesílatel Ann Lee <{a}> napsal:"),
    ("gmail", "hu", "Ann Lee <{a}> ezt írta (időpont: 2025. márc. 3., H, 10:12):"),
    ("gmail", "ro", "În lun., 3 mar. 2025 la 10:12, Ann Lee <{a}> a scris:"),
    ("gmail", "ru", "пн, 3 мар. 2025 г. в 10:12, Ann Lee <{a}>:"),
    ("gmail", "uk", "пн, 3 бер. 2025 р. о 10:12 Ann Lee <{a}> пише:"),
    ("gmail", "tr", "Ann Lee <{a}>, 3 Mar 2025 Pzt, 10:12 tarihinde şunu yazdı:"),
    ("gmail", "el", "Στις Δευ 3 Μαρ 2025 στις 10:12 π.μ., ο/η Ann Lee <{a}> έγραψε:"),
    ("gmail", "ja", "2025年3月3日(月) 10:12 Ann Lee <{a}>:"),
    ("gmail", "zh", "Ann Lee <{a}> 于2025年3月3日周一 10:12写道："),
    ("gmail", "zh", "Ann Lee <{a}> 於 2025年3月3日 週一 上午10:12寫道："),
    ("gmail", "ko", "2025년 3월 3일 (월) 오전 10:12, Ann Lee <{a}>님이 작성:"),
    ("gmail", "ar", "في الاثنين، 3 مارس 2025 في 10:12 ص تمت كتابة ما يلي بواسطة Ann Lee <{a}>:"),
    ("gmail", "he", "\u202bבתאריך יום ב׳, 3 במרץ 2025 ב-10:12 מאת \u202aAnn Lee\u202c <\u202a{a}\u202c>:\u202c"),
    ("apple", "en", "On Mar 3, 2025, at 10:12 AM, Ann Lee <{a}> wrote:"),
    ("apple", "en", "On 3 Mar 2025, at 10:12, Ann Lee <{a}> wrote:"),
    ("apple", "de", "Am 03.03.2025 um 10:12 schrieb Ann Lee <{a}>:"),
    ("apple", "fr", "Le 3 mars 2025 à 10:12, Ann Lee <{a}> a écrit :"),
    ("apple", "es", "El 3 mar 2025, a las 10:12, Ann Lee <{a}> escribió:"),
    ("apple", "pt", "No dia 3 de mar. de 2025, às 10:12, Ann Lee <{a}> escreveu:"),
    ("apple", "it", "Il giorno 3 mar 2025, alle ore 10:12, Ann Lee <{a}> ha scritto:"),
    ("apple", "nl", "Op 3 mrt 2025 om 10:12 heeft Ann Lee <{a}> het volgende geschreven:"),
    ("apple", "pl", "Wiadomość napisana przez Ann Lee <{a}> w dniu 3 mar 2025, o godz. 10:12:"),
    ("apple", "sv", "3 mars 2025 kl. 10:12 skrev Ann Lee <{a}>:"),
    ("apple", "da", "Den 3. mar. 2025 kl. 10.12 skrev Ann Lee <{a}>:"),
    ("apple", "cs", "3. 3. 2025 v 10:12, Ann Lee <{a}>:"),
    ("apple", "ru", "3 марта 2025 г., в 10:12, Ann Lee <{a}> написал(а):"),
    ("apple", "tr", "Ann Lee <{a}> şunları yazdı (3 Mar 2025 10:12):"),
    ("apple", "ja", "2025/03/03 10:12、Ann Lee <{a}>のメール:"),
    ("apple", "zh", "2025年3月3日 10:12，Ann Lee <{a}> 写道："),
    ("thunderbird", "en", "On 3/3/25 10:12, Ann Lee wrote:"),
    ("thunderbird", "en", "On 2025-03-03 10:12 a.m., Ann Lee wrote:"),
    ("thunderbird", "de", "Am 03.03.25 um 10:12 schrieb Ann Lee:"),
    ("thunderbird", "fr", "Le 03/03/2025 à 10:12, Ann Lee a écrit\u00a0:"),
    ("thunderbird", "es", "El 3/3/25 a las 10:12, Ann Lee escribió:"),
    ("thunderbird", "it", "Il 03/03/25 10:12, Ann Lee ha scritto:"),
    ("thunderbird", "pt", "Em 03/03/2025 10:12, Ann Lee escreveu:"),
    ("thunderbird", "nl", "Op 3-3-2025 om 10:12 schreef Ann Lee:"),
    ("thunderbird", "pl", "W dniu 3.03.2025 o 10:12, Ann Lee pisze:"),
    ("thunderbird", "sv", "Den 2025-03-03 kl. 10:12, skrev Ann Lee:"),
    ("thunderbird", "da", "Den 03.03.2025 kl. 10.12 skrev Ann Lee:"),
    ("thunderbird", "cs", "Dne 03. 03. 25 v 10:12 Ann Lee napsal(a):"),
    ("thunderbird", "ru", "03.03.2025 10:12, Ann Lee пишет:"),
    ("thunderbird", "tr", "3.03.2025 10:12 tarihinde Ann Lee yazdı:"),
    ("thunderbird", "ja", "On 2025/03/03 10:12, Ann Lee wrote:"),
    ("thunderbird", "zh", "在 2025/3/3 10:12, Ann Lee 写道:"),
    ("yahoo", "en", "On Monday, March 3, 2025 at 10:12:33 AM GMT+1, Ann Lee <{a}> wrote:"),
    ("yahoo", "de", "Am Montag, 3. März 2025 um 10:12:33 MEZ hat Ann Lee <{a}> Folgendes geschrieben:"),
    ("yahoo", "fr", "Le lundi 3 mars 2025 à 10:12:33 UTC+1, Ann Lee <{a}> a écrit :"),
    ("yahoo", "es", "En lunes, 3 de marzo de 2025, 10:12:33 CET, Ann Lee <{a}> escribió:"),
    ("yahoo", "it", "Il lunedì 3 marzo 2025 alle ore 10:12:33 CET, Ann Lee <{a}> ha scritto:"),
    ("yahoo", "pt", "Em segunda-feira, 3 de março de 2025 10:12:33 BRT, Ann Lee <{a}> escreveu:"),
    ("yahoo old", "en", "--- On Mon, 3/3/25, Ann Lee <{a}> wrote:"),
    ("notes", "en", "Ann Lee <{a}> wrote on 03/03/2025 10:12:33 AM:"),
    ("notes", "de", "Ann Lee <{a}> schrieb am 03.03.2025 10:12:33:"),
    ("notes arrow", "en", "Ann Lee ---03/03/2025 10:12:33 AM---We have ordered fresh toner"),
    ("outlook classic", "en", "-----Original Message-----\nFrom: Ann Lee\nSent: 3 March 2025\nSubject: Printer"),
    ("outlook classic", "de", "-----Ursprüngliche Nachricht-----\nVon: Ann Lee\nGesendet: 3. März\nBetreff: Printer"),
    ("outlook classic", "fr", "-----Message d'origine-----\nDe : Ann Lee\nEnvoyé : 3 mars\nObjet : Printer"),
    ("outlook classic", "es", "-----Mensaje original-----\nDe: Ann Lee\nEnviado el: 3 marzo\nAsunto: Printer"),
    ("outlook classic", "it", "-----Messaggio originale-----\nDa: Ann Lee\nInviato: 3 marzo\nOggetto: Printer"),
    ("outlook classic", "pt", "-----Mensagem original-----\nDe: Ann Lee\nEnviada em: 3 de março\nAssunto: Printer"),
    ("outlook classic", "nl", "-----Oorspronkelijk bericht-----\nVan: Ann Lee\nVerzonden: 3 maart\nOnderwerp: Printer"),
    ("outlook classic", "pl", "-----Wiadomość oryginalna-----\nOd: Ann Lee\nWysłano: 3 marca\nTemat: Printer"),
    ("outlook classic", "sv", "-----Ursprungligt meddelande-----\nFrån: Ann Lee\nSkickat: 3 mars\nÄmne: Printer"),
    ("outlook classic", "da", "-----Oprindelig meddelelse-----\nFra: Ann Lee\nSendt: 3. marts\nEmne: Printer"),
    ("outlook classic", "cs", "-----Původní zpráva-----\nOd: Ann Lee\nOdesláno: 3. března\nPředmět: Printer"),
    ("outlook classic", "ru", "-----Исходное сообщение-----\nОт: Ann Lee\nОтправлено: 3 марта\nТема: Printer"),
    ("outlook classic", "tr", "-----Özgün İleti-----\nKimden: Ann Lee\nGönderilmiş: 3 Mart\nKonu: Printer"),
    ("outlook classic", "ja", "-----元のメッセージ-----\n差出人: Ann Lee\n送信日時: 3月3日\n件名: Printer"),
    ("outlook classic", "zh", "-----邮件原件-----\n发件人: Ann Lee\n发送时间: 3月3日\n主题: Printer"),
    ("zendesk", "en", "##- Please type your reply above this line -##"),
    ("zendesk", "de", "##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##"),
    ("jira", "en", "—-—-—-—\nReply above this line.\n"),
]  # fmt: skip

LABELS: list[tuple[str, str, tuple[str, str, str, str]]] = [
    ("outlook", "en", ("From", "Sent", "To", "Subject")),
    ("outlook mac", "en", ("From", "Date", "To", "Subject")),
    ("outlook", "de", ("Von", "Gesendet", "An", "Betreff")),
    ("outlook", "fr", ("De", "Envoyé", "À", "Objet")),
    ("outlook", "es", ("De", "Enviado", "Para", "Asunto")),
    ("outlook", "pt", ("De", "Enviada em", "Para", "Assunto")),
    ("outlook", "it", ("Da", "Inviato", "A", "Oggetto")),
    ("outlook", "nl", ("Van", "Verzonden", "Aan", "Onderwerp")),
    ("outlook", "pl", ("Od", "Wysłano", "Do", "Temat")),
    ("outlook", "sv", ("Från", "Skickat", "Till", "Ämne")),
    ("outlook", "da", ("Fra", "Sendt", "Til", "Emne")),
    ("outlook", "no", ("Fra", "Sendt", "Til", "Emne")),
    ("outlook", "fi", ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe")),
    ("outlook", "cs", ("Od", "Odesláno", "Komu", "Předmět")),
    ("outlook", "hu", ("Feladó", "Elküldve", "Címzett", "Tárgy")),
    ("outlook", "ro", ("De la", "Trimis", "Către", "Subiect")),
    ("outlook", "ru", ("От", "Отправлено", "Кому", "Тема")),
    ("outlook", "uk", ("Від", "Надіслано", "Кому", "Тема")),
    ("outlook", "tr", ("Kimden", "Gönderildi", "Kime", "Konu")),
    ("outlook", "el", ("Από", "Στάλθηκε", "Προς", "Θέμα")),
    ("outlook", "ja", ("差出人", "送信日時", "宛先", "件名")),
    ("outlook", "zh", ("发件人", "发送时间", "收件人", "主题")),
    ("outlook", "zh", ("寄件者", "寄件日期", "收件者", "主旨")),
    ("outlook", "ko", ("보낸 사람", "보낸 날짜", "받는 사람", "제목")),
    ("outlook", "ar", ("من", "تم الإرسال", "إلى", "الموضوع")),
    ("outlook", "he", ("מאת", "נשלח", "אל", "נושא")),
]
MARKED = {"gmail", "gmail wrapped", "gmail nbsp", "apple", "thunderbird"}
"""Programs that put ``>`` before what they quote."""


def headed(labels: tuple[str, str, str, str], how: str = "{}:") -> str:
    values = (f"Ann Lee <{ADDRESS}>", "Monday, 3 March 2025 10:12", "Support", "Printer")
    return "\n".join(f"{how.format(label)} {value}" for label, value in zip(labels, values, strict=True))


def mails() -> list[tuple[str, str, str]]:
    """Name, body, and the words of its own."""
    made: list[tuple[str, str, str]] = []
    for client, language, line in ATTRIBUTIONS:
        head, own = line.format(a=ADDRESS), WORDS[language]
        marked = "\n".join(f"> {old}" for old in OLD)
        plain = "\n".join(OLD)
        quoted = f"\n{marked}" if client in MARKED else f"\n\n{plain}"
        made.append((f"{client} {language}", f"{own}\n\n{head}{quoted}\n", own))
        if client in MARKED:
            made.append((f"{client} {language}, marks lost", f"{own}\n\n{head}\n\n{plain}\n", own))
            made.append((f"{client} {language}, below", f"{head}\n\n{marked}\n\n{own}\n", own))
    styles = {"": "{}:", " spaced": "{} :", " bold": "*{}:*", " bold marks": "**{}:**"}
    for client, language, labels in LABELS:
        for style, how in styles.items():
            own = WORDS[language]
            rule = "" if style else "________________________________\n"
            body = f"{own}\n\n{rule}{headed(labels, how)}\n\n" + "\n".join(OLD) + "\n"
            made.append((f"{client}{style} {language}", body, own))
    return made


SIGNATURES = [
    ("dashes", "\n-- \nAnn Lee\nHead of Reception\nExample Hotels Ltd\n+44 20 7946 0123"),
    ("dashes, no blank", "\n--\nAnn Lee\nReception"),
    ("phone", "\nSent from my iPhone"),
    ("phone de", "\nVon meinem iPhone gesendet"),
    ("phone fr", "\nEnvoyé de mon iPhone"),
    ("phone es", "\nEnviado desde mi iPhone"),
    ("phone it", "\nInviato da iPhone"),
    ("phone pt", "\nEnviado do meu iPhone"),
    ("phone nl", "\nVerstuurd vanaf mijn iPhone"),
    ("phone pl", "\nWysłane z iPhone'a"),
    ("phone sv", "\nSkickat från min iPhone"),
    ("phone da", "\nSendt fra min iPhone"),
    ("phone cs", "\nOdesláno z iPhonu"),
    ("phone ru", "\nОтправлено с iPhone"),
    ("phone tr", "\niPhone'umdan gönderildi"),
    ("phone ja", "\niPhoneから送信"),
    ("phone zh", "\n发自我的 iPhone"),
    ("phone ko", "\n나의 iPhone에서 보냄"),
    ("android", "\nSent from my Samsung Galaxy smartphone."),
    ("outlook phone", "\nGet Outlook for iOS<https://aka.ms/o0ukef>"),
    ("outlook phone de", "\nHolen Sie sich Outlook für Android"),
    ("yahoo phone", "\nSent from Yahoo Mail on Android"),
    ("mail for windows", "\nSent from Mail for Windows"),
    ("regards", "\nKind regards,\nAnn Lee\nHead of Reception | Example\nPhone: +44 20 7946 0123\nwww.example.com"),
    ("grüße", "\nMit freundlichen Grüßen\nAnn Lee\n\nExample GmbH\nHauptstraße 12\n80331 München\nTel.: 089 123456"),
    ("cordialement", "\nCordialement,\n\nAnn Lee\nResponsable accueil\nTél. : 01 23 45 67 89"),
    ("block", "\nAnn Lee\nHead of Reception\nTel: +44 20 7946 0123\nMobile: +44 7700 900123\nann.lee@example.com"),
    ("thanks", "\nThanks,\nAnn"),
    (
        "disclaimer",
        "\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you have "
        "received this e-mail in error, please notify the sender and delete it.",
    ),
    (
        "disclaimer de",
        "\nDiese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige "
        "Adressat sind, informieren Sie bitte sofort den Absender und vernichten Sie diese Mail.",
    ),
]  # fmt: skip

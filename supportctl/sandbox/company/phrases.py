"""What people at Harborlight and their customers say to each other, by language."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

LANGUAGES = ("en", "de", "fr", "es", "ja", "pt", "ar")

_PHRASES: dict[str, dict[str, tuple[str, ...]]] = {
    "hello": {
        "en": ("Hello,", "Hi there,", "Good morning,", ""),
        "de": ("Guten Tag,", "Hallo zusammen,"),
        "fr": ("Bonjour,",),
        "es": ("Buenos días:", "Hola,"),
        "ja": ("お世話になっております。",),
        "pt": ("Bom dia,", "Olá,"),
        "ar": ("مرحبا،",),
    },
    "bye": {
        "en": ("Thanks,\n{me}", "Best regards\n{me}", "Cheers, {me}"),
        "de": ("Viele Grüße\n{me}", "Mit freundlichen Grüßen\n{me}"),
        "fr": ("Cordialement,\n{me}",),
        "es": ("Un saludo,\n{me}",),
        "ja": ("よろしくお願いいたします。\n{me}",),
        "pt": ("Cumprimentos,\n{me}",),
        "ar": ("مع الشكر\n{me}",),
    },
    "reply": {
        "en": (
            "Hi {you}, thank you for writing in. I have picked this up and am checking it now; you will hear "
            "from me again today.",
            "Hello {you}, sorry for the trouble. I can see the same on our side and have started looking for the "
            "cause.",
            "Dear {you}, I have taken over your request and am testing it with your settings.",
        ),
        "de": (
            "Guten Tag {you}, danke für Ihre Nachricht. Ich habe den Fall übernommen und prüfe das gerade.",
            "Hallo {you}, entschuldigen Sie die Umstände. Ich sehe den Fehler auch bei uns und suche die Ursache.",
        ),
        "fr": (
            "Bonjour {you}, merci pour votre message. Je prends votre demande en charge et reviens vers vous "
            "aujourd'hui.",
        ),
        "es": ("Hola {you}, gracias por avisarnos. Me ocupo de su caso y lo estoy revisando ahora mismo.",),
        "ja": ("{you} 様、ご連絡ありがとうございます。担当いたします。ただいま確認しております。",),
        "pt": ("Olá {you}, obrigado pelo contacto. Já estou a verificar e volto a dar notícias ainda hoje.",),
        "ar": ("مرحبا {you}، شكرا لتواصلكم. أتابع طلبكم الآن وسأعود إليكم اليوم.",),
    },
    "question": {
        "en": (
            "Could you send us a photo of the label and tell us since when exactly you see this?",
            "Which browser do you use, and does it also happen in a private window?",
            "Can you tell me the date of one affected booking, and who was signed in at that time?",
        ),
        "de": (
            "Könnten Sie uns ein Foto des Typenschilds schicken und sagen, seit wann genau das auftritt?",
            "Welchen Browser benutzen Sie, und passiert es auch im privaten Fenster?",
        ),
        "fr": ("Pourriez-vous nous envoyer une photo de l'étiquette et nous dire depuis quand cela se produit ?",),
        "es": ("¿Nos puede enviar una foto de la etiqueta y decirnos desde cuándo ocurre exactamente?",),
        "ja": ("ラベルの写真と、いつから発生しているかを教えていただけますか。",),
        "pt": ("Pode enviar uma fotografia da etiqueta e dizer desde quando exatamente isto acontece?",),
        "ar": ("هل يمكنكم إرسال صورة للملصق وتحديد وقت بدء المشكلة؟",),
    },
    "nudge": {
        "en": ("Hi {you}, did you have a chance to look at my question? We keep the request open for you.",),
        "de": ("Hallo {you}, konnten Sie sich meine Rückfrage schon ansehen? Wir halten den Fall offen.",),
        "fr": ("Bonjour {you}, avez-vous pu regarder ma question ?",),
        "es": ("Hola {you}, ¿ha podido ver mi pregunta?",),
        "ja": ("{you} 様、先日の質問はご確認いただけましたでしょうか。",),
        "pt": ("Olá {you}, conseguiu ver a minha pergunta?",),
        "ar": ("مرحبا {you}، هل أتيح لكم الاطلاع على سؤالي؟",),
    },
    "answer": {
        "en": (
            "It started on {day}, around {time}. I do not have a better photo, sorry.",
            "Tried it in another browser, same result. {user} was signed in.",
            "Here is what you asked for: it happens on every second attempt, and only at the front desk.",
        ),
        "de": (
            "Es begann am {day} gegen {time}. Ein besseres Foto habe ich leider nicht.",
            "Im anderen Browser ist es genauso, angemeldet war {user}.",
        ),
        "fr": ("Cela a commencé le {day} vers {time}. Même résultat avec un autre navigateur.",),
        "es": ("Empezó el {day} sobre las {time}. Con otro navegador pasa lo mismo.",),
        "ja": ("{day} の {time} 頃からです。別のブラウザでも同じでした。",),
        "pt": ("Começou a {day} por volta das {time}. Noutro browser é igual.",),
        "ar": ("بدأت المشكلة يوم {day} حوالي الساعة {time}.",),
    },
    "solution": {
        "en": (
            "Good news: this is fixed. Please try again and tell us if anything is still wrong.",
            "We found the cause and removed it. I tested it with your account and it works now.",
        ),
        "de": ("Das Problem ist behoben. Bitte probieren Sie es noch einmal aus.",),
        "fr": ("Le problème est résolu. Merci de réessayer et de nous dire si tout va bien.",),
        "es": ("Ya está solucionado. Pruébelo de nuevo, por favor, y díganos si queda algo pendiente.",),
        "ja": ("原因が分かり、修正いたしました。お手数ですが、もう一度お試しください。",),
        "pt": ("O problema está resolvido. Por favor, experimente de novo.",),
        "ar": ("تم إصلاح المشكلة. نرجو المحاولة مرة أخرى.",),
    },
    "thanks": {
        "en": ("Thank you, works perfectly!", "Great, thanks a lot for the quick help."),
        "de": ("Super, vielen Dank für die schnelle Hilfe!",),
        "fr": ("Merci beaucoup, tout fonctionne !",),
        "es": ("¡Muchas gracias, todo perfecto!",),
        "ja": ("直りました。ありがとうございました。",),
        "pt": ("Muito obrigado, já funciona!",),
        "ar": ("شكرا جزيلا، كل شيء يعمل الآن.",),
    },
    "complaint": {
        "en": (
            "It is back. Exactly the same as before, since this morning.",
            "Sorry, but this does not work for us. The error is still there, what should we do now?",
        ),
        "de": ("Leider besteht der Fehler weiterhin, seit heute Morgen wieder genau gleich. Was nun?",),
        "fr": ("Le problème est revenu ce matin, exactement comme avant. Que devons-nous faire ?",),
        "es": ("Ha vuelto a pasar esta mañana, igual que antes. ¿Qué hacemos?",),
        "ja": ("今朝からまた同じ現象が出ています。どうすればよいでしょうか。",),
        "pt": ("Voltou a acontecer esta manhã, exatamente como antes. O que fazemos?",),
        "ar": ("عادت المشكلة صباح اليوم كما كانت. ماذا نفعل الآن؟",),
    },
    "breach": {
        "en": (
            "Dear {you}, we have missed the agreed time, because the spare part is on back order. I am sorry; "
            "next news tomorrow by noon.",
        ),
        "de": (
            "Guten Tag {you}, die zugesagte Zeit haben wir leider überschritten: das Ersatzteil ist nicht lieferbar.",
        ),
        "fr": ("Bonjour {you}, nous avons dépassé le délai convenu, la pièce de rechange n'est pas disponible.",),
        "es": ("Hola {you}, hemos superado el plazo acordado porque falta la pieza de repuesto.",),
        "ja": ("{you} 様、部品の入荷待ちのため、お約束の期限を過ぎております。申し訳ございません。",),
        "pt": ("Olá {you}, ultrapassámos o prazo combinado porque falta a peça de substituição.",),
        "ar": ("مرحبا {you}، تجاوزنا الموعد المتفق عليه لعدم توفر قطعة الغيار.",),
    },
    "stock": {
        "en": ("fixed", "done", "resolved", "n/a", "."),
        "de": ("erledigt", "ok"),
        "fr": ("résolu",),
        "es": ("hecho",),
        "ja": ("対応済み",),
        "pt": ("resolvido",),
        "ar": ("تم",),
    },
    "ack": {
        "en": ("We have received your request and will come back to you. This message was sent automatically.",),
        "de": ("Wir haben Ihre Anfrage erhalten und melden uns. Diese Nachricht wurde automatisch gesendet.",),
        "fr": ("Nous avons bien reçu votre demande. Ce message est automatique.",),
        "es": ("Hemos recibido su solicitud. Este mensaje es automático.",),
        "ja": ("お問い合わせを受け付けました。このメールは自動送信です。",),
        "pt": ("Recebemos o seu pedido. Esta mensagem é automática.",),
        "ar": ("لقد تلقينا طلبكم. هذه رسالة آلية.",),
    },
    "update": {
        "en": (
            "Hi {you}, a short update: we can reproduce it here and are narrowing it down. Next news tomorrow.",
            "Hello {you}, our second test ran clean, the third one failed. I am comparing both logs now.",
        ),
        "de": ("Guten Tag {you}, kurzer Zwischenstand: wir können den Fehler nachstellen und grenzen ihn ein.",),
        "fr": ("Bonjour {you}, un point rapide : nous reproduisons le problème et cherchons l'origine.",),
        "es": ("Hola {you}, le informo: podemos reproducir el fallo y lo estamos acotando.",),
        "ja": ("{you} 様、途中経過です。こちらでも再現できましたので、引き続き原因を調査しております。",),
        "pt": ("Olá {you}, um ponto de situação: conseguimos reproduzir a falha e estamos a isolar a causa.",),
        "ar": ("مرحبا {you}، تمكنا من تكرار المشكلة لدينا ونعمل على تحديد السبب.",),
    },
    "hold": {
        "en": (
            "Dear {you}, the manufacturer has to look at this. We wait for their answer and will write on {until}.",
            "Hello {you}, the spare part is ordered and due on {until}. I keep the request open until then.",
        ),
        "de": ("Guten Tag {you}, das Ersatzteil ist bestellt und kommt am {until}. Ich melde mich dann.",),
        "fr": ("Bonjour {you}, la pièce est commandée et attendue pour le {until}. Je vous tiens au courant.",),
        "es": ("Hola {you}, la pieza está pedida y llega el {until}. Le aviso entonces.",),
        "ja": ("{you} 様、部品を手配いたしました。{until} に入荷予定です。それまでお待ちください。",),
        "pt": ("Olá {you}, a peça está encomendada e chega a {until}. Dou notícias nessa altura.",),
        "ar": ("مرحبا {you}، تم طلب القطعة ومن المتوقع وصولها في {until}.",),
    },
    "goodbye": {
        "en": ("Thank you for letting us know, {you}. I am ending this request; write to us any time.",),
        "de": ("Danke für die Rückmeldung, {you}. Ich beende den Vorgang; melden Sie sich jederzeit.",),
        "fr": ("Merci de nous avoir prévenus, {you}. Je clos la demande ; écrivez-nous à tout moment.",),
        "es": ("Gracias por avisarnos, {you}. Doy por terminada la solicitud.",),
        "ja": ("{you} 様、ご連絡ありがとうございます。本件は終了とさせていただきます。",),
        "pt": ("Obrigado por avisar, {you}. Dou o pedido por terminado.",),
        "ar": ("شكرا لإبلاغنا {you}. سأنهي هذا الطلب.",),
    },
    "withdrawn": {
        "en": ("Never mind, it works again. You can close this request.",),
        "de": ("Hat sich erledigt, funktioniert wieder. Der Fall kann geschlossen werden.",),
        "fr": ("C'est réglé, tout fonctionne de nouveau. Vous pouvez fermer la demande.",),
        "es": ("Ya funciona otra vez, pueden cerrar la solicitud.",),
    },
}

INTERNAL_NOTES = (
    "Compared the device log with the back office: times match, so the fault is on the way in between.",
    "Customer called to say that it happened again; added the times to the log extract.",
    "Tested with the account of the desk, same behaviour. Next: ask for the export of the settings.",
    "Checked the last two releases, nothing in there touches this. Asking Owen for a second pair of eyes.",
    "Looked at similar requests of this month; none with the same cause.",
)

ROUTING_NOTES = (
    "Passing this on: needs somebody with access to the site. Steps tried so far are in the thread.",
    "Handing over, the cause is not on our side; traceroute and device log were checked.",
    "Moving to the responsible team, customer has been told who takes over.",
)


def say(kind: str, language: str, rng: "Random") -> str:
    """One phrase of a kind, in English where the language has none."""
    known = _PHRASES[kind]
    return rng.choice(known.get(language) or known["en"])

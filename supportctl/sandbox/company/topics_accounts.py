"""Topics about money and accounts."""

from supportctl.sandbox.company.people import BILLING, IDENTITY
from supportctl.sandbox.company.topic import topic

ACCOUNT_TOPICS = (
    topic(
        "invoice_wrong",
        "question",
        "billing/invoice/backoffice",
        BILLING,
        "invoice billing",
        "Corrected the rental period and sent a new invoice; the old one is cancelled.",
        {
            "en": (
                (
                    "Invoice {invoice} has the wrong rental period",
                    "Invoice {invoice} charges us for two terminals until the end of the month, but we returned "
                    "one on {day}. Please correct it before our accountant closes the books.",
                ),
                (
                    "Question about invoice {invoice}",
                    "Could you explain the position over {amount} on {invoice}? We cannot match it with any of "
                    "our devices.",
                ),
            ),
            "de": (
                (
                    "Rechnung {invoice} mit falschem Mietzeitraum",
                    "Auf der Rechnung {invoice} stehen zwei Geräte bis Monatsende, eines haben wir aber schon am "
                    "{day} zurückgeschickt. Bitte um Korrektur.",
                ),
            ),
            "fr": (
                (
                    "Erreur sur la facture {invoice}",
                    "La facture {invoice} compte deux terminaux jusqu'à la fin du mois alors que nous en avons "
                    "rendu un le {day}. Merci de la corriger.",
                ),
            ),
            "pt": (
                (
                    "Fatura {invoice} com período errado",
                    "A fatura {invoice} cobra dois terminais até ao fim do mês, mas devolvemos um a {day}. Podem "
                    "corrigir?",
                ),
            ),
        },
    ),
    topic(
        "refund",
        "question",
        "billing/refund/payments",
        BILLING,
        "refund payments",
        "Released the refund by hand; it leaves with tonight's batch.",
        {
            "en": (
                (
                    "Refund for {booking} not received",
                    "The guest of {booking} cancelled in time and we pressed refund on {day}. {amount} has still "
                    "not arrived on the card.",
                ),
                (
                    "How do I refund part of a payment?",
                    "A guest left a night early and should get {amount} back. I only find the button for the "
                    "whole amount.",
                ),
            ),
            "es": (
                (
                    "Reembolso de {booking} pendiente",
                    "El huésped de {booking} canceló a tiempo y pulsamos reembolsar el {day}. Los {amount} no "
                    "han llegado.",
                ),
            ),
        },
    ),
    topic(
        "password_reset",
        "request",
        "access/password/portal",
        IDENTITY,
        "password account",
        "Sent a reset link after calling back on the number on file; sign-in confirmed.",
        {
            "en": (
                (
                    "Cannot sign in to the back office",
                    "My password is not accepted any more since my holiday. The reset mail never arrives, I "
                    "checked the spam folder. User {user}.",
                ),
                (
                    "Locked out of my account",
                    "After three tries the account {user} is locked. I need the arrivals list for today, please "
                    "unlock it.",
                ),
            ),
            "de": (
                (
                    "Anmeldung nicht möglich",
                    "Seit dem Urlaub wird mein Kennwort nicht mehr angenommen, und die Mail zum Zurücksetzen "
                    "kommt nicht an. Benutzer {user}.",
                ),
            ),
            "ja": (
                (
                    "管理画面にログインできません",
                    "休暇明けからパスワードが通りません。再設定メールも届きません。ユーザー名は {user} です。",
                ),
            ),
            "ar": (
                (
                    "لا أستطيع تسجيل الدخول",
                    "كلمة المرور لم تعد مقبولة، ورسالة إعادة التعيين لا تصل. اسم المستخدم {user}.",
                ),
            ),
        },
    ),
    topic(
        "permissions",
        "request",
        "access/permissions/backoffice",
        IDENTITY,
        "permissions account",
        "Added the seasonal role until the end of the season; approved by the manager.",
        {
            "en": (
                (
                    "New seasonal colleague needs access",
                    "Please give our new colleague {user} access to arrivals and payments from {day}. No "
                    "reports, please.",
                ),
                (
                    "Missing permission to cancel bookings",
                    "I can see booking {booking} but the cancel button is grey. My colleague at the other desk "
                    "can do it.",
                ),
            ),
            "fr": (
                (
                    "Accès pour une nouvelle collègue",
                    "Merci de donner à {user} l'accès aux arrivées et aux paiements à partir du {day}.",
                ),
            ),
            "es": (
                (
                    "Acceso para un compañero nuevo",
                    "Necesitamos acceso a llegadas y pagos para {user} desde el {day}.",
                ),
            ),
        },
    ),
    topic(
        "settlement",
        "incident",
        "billing/refund/payments",
        BILLING,
        "settlement payments",
        "The settlement file was sent again by the acquirer; {amount} is booked.",
        {
            "en": (
                (
                    "Daily settlement differs by {amount}",
                    "The settlement of {day} is {amount} lower than our card takings in the back office. All "
                    "other days match to the cent.",
                ),
                (
                    "Money missing in the payout",
                    "The payout for {day} is short. Difference: {amount}. Please check with the bank.",
                ),
            ),
            "ja": (
                (
                    "{day} の入金額が一致しません",
                    "{day} の入金額が管理画面の売上より {amount} 少ないです。他の日は一致しています。",
                ),
            ),
        },
    ),
)

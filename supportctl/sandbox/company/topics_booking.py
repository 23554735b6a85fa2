"""Topics about bookings, the calendar and what is sent to guests."""

from supportctl.sandbox.company.people import PLATFORM
from supportctl.sandbox.company.topic import topic

BOOKING_TOPICS = (
    topic(
        "double_booking",
        "incident",
        "booking/calendar/backoffice",
        PLATFORM,
        "booking calendar",
        "Rebuilt the availability index for the berth and moved booking {booking}; overlap check is active again.",
        {
            "en": (
                (
                    "Berth booked twice for the same night ({booking})",
                    "Booking {booking} overlaps with another one on the same berth. The calendar in the back "
                    "office shows both in green. Two boats will arrive on {day} and I have one place.",
                ),
                (
                    "Overbooking on {day}",
                    "We have two confirmed reservations for one and the same place on {day}. One of them is "
                    "{booking}. How can the system let that happen?",
                ),
            ),
            "fr": (
                (
                    "Double réservation pour la même nuit ({booking})",
                    "La réservation {booking} chevauche une autre sur le même emplacement. Les deux sont "
                    "confirmées pour {day}. Que devons-nous dire aux clients ?",
                ),
            ),
            "es": (
                (
                    "Doble reserva para la misma noche ({booking})",
                    "La reserva {booking} coincide con otra en la misma habitación el {day}. Las dos aparecen "
                    "confirmadas.",
                ),
            ),
            "ja": (
                (
                    "同じ日に二重予約が入っています（{booking}）",
                    "{day} の同じ部屋に二件の予約が確定しています。一件は {booking} です。至急ご確認ください。",
                ),
            ),
        },
    ),
    topic(
        "channel_sync",
        "incident",
        "booking/channel_sync/backoffice",
        PLATFORM,
        "channel-manager booking",
        "Restarted the channel job, replayed the queue from {time}; availability matches again.",
        {
            "en": (
                (
                    "Availability not sent to the travel portals",
                    "Rooms that we closed at {time} are still offered on the portals. The log in the back office "
                    "says {code} for every push.",
                ),
                (
                    "Channel manager stuck, error {code}",
                    "The channel manager page shows {code} and the last successful update was at {time}. We "
                    "already got a booking we cannot honour ({booking}).",
                ),
            ),
            "de": (
                (
                    "Verfügbarkeiten kommen nicht bei den Portalen an",
                    "Zimmer, die wir um {time} gesperrt haben, werden weiter angeboten. Im Protokoll steht bei "
                    "jedem Versuch {code}.",
                ),
            ),
            "es": (
                (
                    "No se actualiza la disponibilidad en los portales",
                    "Las habitaciones que cerramos a las {time} siguen a la venta. El registro muestra {code} en "
                    "cada envío.",
                ),
            ),
        },
    ),
    topic(
        "calendar_slow",
        "incident",
        "booking/calendar/backoffice",
        PLATFORM,
        "performance booking",
        "Added the missing index on the season table; the page opens in under two seconds.",
        {
            "en": (
                (
                    "Booking calendar takes a minute to open",
                    "Opening the month view takes about a minute since the update to {version}. Day view is "
                    "fine. Same in two browsers.",
                ),
                (
                    "Back office very slow in the mornings",
                    "Between eight and ten the calendar hardly moves. Version {version}. Our internet is fine, "
                    "other pages are quick.",
                ),
            ),
            "fr": (
                (
                    "Le calendrier met une minute à s'ouvrir",
                    "Depuis la mise à jour {version}, la vue du mois met près d'une minute à s'afficher. La vue "
                    "du jour fonctionne normalement.",
                ),
            ),
        },
    ),
    topic(
        "export_report",
        "question",
        "booking/calendar/backoffice",
        PLATFORM,
        "reports booking",
        "Explained the date filter and sent the link to the guide; the export is complete.",
        {
            "en": (
                (
                    "Export of the season report is missing rows",
                    "The CSV export stops at exactly 1,000 rows. The screen says there are 1,482 bookings "
                    "between {day} and today.",
                ),
                (
                    "Season report as a spreadsheet?",
                    "Is there a way to get the season report as a spreadsheet instead of PDF? Version {version}.",
                ),
            ),
            "de": (
                (
                    "Saisonbericht unvollständig",
                    "Der CSV-Export hört genau nach 1.000 Zeilen auf, am Bildschirm sind es 1.482 Buchungen seit "
                    "dem {day}.",
                ),
            ),
        },
    ),
    topic(
        "portal_mail",
        "incident",
        "booking/calendar/portal",
        PLATFORM,
        "email portal",
        "Mail domain was on a block list; removed, and the queue was delivered at {time}.",
        {
            "en": (
                (
                    "Guests do not receive booking confirmations",
                    "Since {time} our guests tell us that no confirmation mail arrives. {booking} is one of "
                    "them. Resending from the back office says 'sent'.",
                ),
                (
                    "Confirmation mails missing",
                    "Three guests called because they did not get a confirmation, for example {booking}. Nothing "
                    "in their spam.",
                ),
            ),
            "fr": (
                (
                    "Les clients ne reçoivent plus les confirmations",
                    "Depuis {time}, les mails de confirmation n'arrivent plus, par exemple pour {booking}.",
                ),
            ),
            "pt": (
                (
                    "Hóspedes não recebem a confirmação",
                    "Desde as {time} os hóspedes não recebem o email de confirmação, por exemplo {booking}.",
                ),
            ),
        },
    ),
)

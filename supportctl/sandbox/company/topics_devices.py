"""Topics about terminals, printers and the network."""

from supportctl.sandbox.company.people import DEVICES, NETWORK
from supportctl.sandbox.company.topic import topic

DEVICE_TOPICS = (
    topic(
        "terminal_error",
        "incident",
        "devices/terminal/payments",
        DEVICES,
        "terminal payments",
        "Reset the terminal's key store and loaded firmware {version}; a test payment went through.",
        {
            "en": (
                (
                    "Card terminal {serial} stops with {code}",
                    "Since {time} the terminal {serial} at our reception shows {code} as soon as a guest inserts "
                    "a card. We switched it off and on twice. Contactless fails as well. Guests have to pay in "
                    "cash, and most of them do not carry any.",
                ),
                (
                    "{code} on the payment device, cannot take cards",
                    "Our payment device (label says {serial}) refuses every card. The display reads {code} and "
                    "then goes back to the start screen. It worked yesterday evening. Could somebody call us?",
                ),
                (
                    "Guests cannot pay by card at the front desk",
                    "No card goes through at the desk any more, whichever bank. The machine beeps three times. "
                    "On the back it says {serial}. Please help, there is a queue.",
                ),
            ),
            "de": (
                (
                    "Kartenterminal {serial} bricht mit {code} ab",
                    "Seit {time} zeigt unser Terminal {serial} an der Rezeption {code}, sobald ein Gast die "
                    "Karte einsteckt. Aus- und Einschalten hat nicht geholfen, kontaktlos geht auch nicht. Die "
                    "Gäste müssen bar zahlen.",
                ),
                (
                    "Keine Kartenzahlung möglich",
                    "An der Rezeption wird jede Karte abgelehnt, auf dem Gerät {serial} steht {code}. Gestern "
                    "Abend lief noch alles.",
                ),
            ),
            "fr": (
                (
                    "Le terminal {serial} affiche {code}",
                    "Depuis {time}, le terminal de paiement {serial} affiche {code} dès qu'un client insère sa "
                    "carte. Nous l'avons redémarré deux fois, sans résultat. Le sans-contact ne marche pas non "
                    "plus.",
                ),
            ),
            "es": (
                (
                    "El datáfono {serial} da error {code}",
                    "Desde las {time} el datáfono {serial} muestra {code} en cuanto el cliente mete la tarjeta. "
                    "Lo hemos apagado y encendido dos veces. Tampoco funciona sin contacto.",
                ),
            ),
            "ja": (
                (
                    "カード端末 {serial} で {code} が表示されます",
                    "{time}頃から、フロントのカード端末 {serial} にカードを差し込むと {code} と"
                    "表示され、決済できません。再起動を二回試しましたが変わりません。タッチ決済も使えません。",
                ),
            ),
            "pt": (
                (
                    "Terminal {serial} com erro {code}",
                    "Desde as {time} o terminal {serial} da receção mostra {code} quando o hóspede insere o "
                    "cartão. Já desligámos e ligámos duas vezes. O contactless também não funciona.",
                ),
            ),
            "ar": (
                (
                    "جهاز الدفع {serial} يعرض الخطأ {code}",
                    "منذ الساعة {time} يعرض جهاز الدفع {serial} رسالة {code} عند إدخال البطاقة. أعدنا تشغيله "
                    "مرتين دون فائدة.",
                ),
            ),
        },
    ),
    topic(
        "receipt_printer",
        "incident",
        "devices/printer/payments",
        DEVICES,
        "printer hardware",
        "Replaced the print head and the paper sensor; prints two test receipts.",
        {
            "en": (
                (
                    "Receipt printer of {serial} prints blank slips",
                    "The receipts that come out of {serial} are completely blank. New paper roll is in, the "
                    "right way round. Payments themselves are fine.",
                ),
                (
                    "No receipts since this morning",
                    "Our terminal {serial} takes payments but the paper stays white. We tried two rolls. We have "
                    "to write receipts by hand now.",
                ),
            ),
            "de": (
                (
                    "Bondrucker an {serial} druckt leere Belege",
                    "Die Belege aus {serial} sind komplett weiß. Neue Papierrolle ist richtig herum eingelegt, "
                    "die Zahlung selbst klappt.",
                ),
            ),
            "pt": (
                (
                    "Impressora de recibos não imprime",
                    "O terminal {serial} aceita pagamentos, mas o papel sai em branco. Já trocámos o rolo.",
                ),
            ),
        },
    ),
    topic(
        "vpn_down",
        "incident",
        "network/vpn/connect",
        NETWORK,
        "vpn network",
        "Renewed the certificate of the site router; the tunnel is up since {time}.",
        {
            "en": (
                (
                    "VPN to the booking server drops every few minutes",
                    "Our site router loses the VPN tunnel every five minutes or so, then comes back. Log line: "
                    "{code} peer not responding. Started around {time}.",
                ),
                (
                    "Site tunnel unstable",
                    "The connection from our office to your servers is up and down all day. The box shows "
                    "{code}. Phones are affected too.",
                ),
            ),
            "de": (
                (
                    "VPN bricht alle paar Minuten ab",
                    "Unser Router verliert etwa alle fünf Minuten den Tunnel, im Protokoll steht {code}. "
                    "Begonnen hat es gegen {time}.",
                ),
            ),
            "pt": (
                (
                    "VPN cai a cada poucos minutos",
                    "O router do escritório perde o túnel a cada cinco minutos e o registo mostra {code}. "
                    "Começou por volta das {time}.",
                ),
            ),
            "ja": (
                (
                    "VPN が数分ごとに切断されます",
                    "拠点ルーターの VPN が五分おきに切れます。"
                    "ログには {code} と出ています。{time} 頃から続いています。",
                ),
            ),
        },
    ),
    topic(
        "wifi_guests",
        "incident",
        "network/wifi/connect",
        NETWORK,
        "wifi network",
        "Moved the access point to another channel and limited old clients; signal is stable.",
        {
            "en": (
                (
                    "Guest Wi-Fi has no internet on pier {room}",
                    "Phones connect to the guest network on pier {room} but there is no internet. The landing "
                    "page does not load either. Restarting the access point helps for ten minutes.",
                ),
                (
                    "Wi-Fi complaints from room {room}",
                    "Third guest in a row complains that the Wi-Fi in {room} is unusable. Speed test shows 0.4 Mbit/s.",
                ),
            ),
            "fr": (
                (
                    "Pas d'internet sur le Wi-Fi du ponton {room}",
                    "Les téléphones se connectent au Wi-Fi du ponton {room}, mais il n'y a pas d'accès à internet.",
                ),
            ),
        },
    ),
    topic(
        "new_terminal",
        "request",
        "devices/terminal/payments",
        DEVICES,
        "terminal order",
        "Terminal {serial} was sent, arrived and took its first payment.",
        {
            "en": (
                (
                    "Second card terminal for the summer",
                    "We open the second desk on {day} and need one more terminal until the end of September. "
                    "Same model as {serial}, please.",
                ),
            ),
            "de": (
                (
                    "Zweites Kartenterminal für den Sommer",
                    "Am {day} öffnen wir die zweite Rezeption und brauchen bis Ende September ein weiteres "
                    "Gerät, gleiches Modell wie {serial}.",
                ),
            ),
            "es": (
                (
                    "Segundo datáfono para el verano",
                    "El {day} abrimos la segunda recepción y necesitamos otro datáfono hasta septiembre, igual "
                    "que {serial}.",
                ),
            ),
        },
    ),
)

"""Who works at Harborlight and who writes to it."""

from supportctl.sandbox.records import Named, Person

DOMAIN = "harborlight.example"

SERVICE_DESK, BILLING, DEVICES, PLATFORM, NETWORK, IDENTITY = range(1, 7)

GROUPS = (
    Named(SERVICE_DESK, "Service Desk"),
    Named(BILLING, "Billing"),
    Named(DEVICES, "Field Devices"),
    Named(PLATFORM, "Booking Platform"),
    Named(NETWORK, "Network"),
    Named(IDENTITY, "Identity & Access"),
)

ORGANIZATIONS = tuple(
    Named(number, name)
    for number, name in enumerate(
        (
            "Saltmarsh Marina",
            "Hotel Zur Alten Werft",
            "Les Quais de l'Aber",
            "Puerto Calma Hosteles",
            "Tsubaki Ryokan Group",
            "Pousada da Ribeira",
            "Northquay Boatyards",
            "Fjordhus Cabins",
            "Qasr Al Bahr Hotel",
            "Brightwater Ferries",
            "Harborlight (internal)",
        ),
        start=1,
    )
)
INTERNAL = 11

OPS, BOT, LEFT = 1, 2, 3
"""The administrator, the automation account, and the agent who has left."""

# name, role, active, groups, time zone, language
_STAFF = (
    ("Operations Admin", "admin", True, (SERVICE_DESK, PLATFORM), "Europe/Oslo", "en"),
    ("Harbor Bot", "bot", True, (), "Etc/UTC", "en"),
    ("Tomas Rydell", "agent", False, (DEVICES,), "Europe/Stockholm", "en"),
    ("Mira Solberg", "agent", True, (SERVICE_DESK,), "Europe/Oslo", "en"),
    ("Jonas Brandt", "agent", True, (SERVICE_DESK, IDENTITY), "Europe/Berlin", "de"),
    ("Amélie Kerouac", "agent", True, (SERVICE_DESK, BILLING), "Europe/Paris", "fr"),
    ("Lucía Ferrán", "agent", True, (SERVICE_DESK, DEVICES), "Europe/Madrid", "es"),
    ("Haruto Sakamaki", "agent", True, (DEVICES, PLATFORM), "Asia/Tokyo", "ja"),
    ("Beatriz Antunes", "agent", True, (BILLING,), "Europe/Lisbon", "pt"),
    ("Owen Tregarth", "agent", True, (PLATFORM,), "Europe/London", "en"),
    ("Priya Nambiar", "agent", True, (NETWORK, PLATFORM), "Asia/Kolkata", "en"),
    ("Sefa Demirel", "agent", True, (NETWORK,), "Europe/Istanbul", "en"),
    ("Nadia Haddad", "agent", True, (IDENTITY,), "Asia/Dubai", "en"),
)

# organization, language, time zone, names
_CUSTOMERS = (
    (1, "en", "Europe/London", ("Gwen Aldous", "Rufus Penhale", "Isla Marchbank", "Toby Wren")),
    (2, "de", "Europe/Berlin", ("Anke Wiesner", "Dirk Hollmann", "Jürgen Köstler", "Sabine Reuß", "Lea Vogt")),
    (3, "fr", "Europe/Paris", ("Maëlle Gourvennec", "Étienne Lagadec", "Solène Pichon", "Loïc Hamel")),
    (4, "es", "Europe/Madrid", ("Begoña Ibarra", "Iñigo Salcedo", "Rocío Valverde", "Martín Peña")),
    (5, "ja", "Asia/Tokyo", ("石川 美咲", "中野 健太", "Aoi Terashima", "藤原 由紀")),
    (6, "pt", "Europe/Lisbon", ("Inês Carvalhal", "João Sequeira", "Conceição Brás", "Rui Abrantes")),
    (7, "en", "America/New_York", ("Dale Whitcomb", "Marcy Oyelaran", "Hank Pruitt", "Shauna O'Dell", "Kit Barlow")),
    (8, "en", "Europe/Oslo", ("Sigrid Aasen", "Håkon Lie", "Tuva Næss")),
    (9, "ar", "Asia/Dubai", ("ليلى منصور", "Karim Al-Sayed", "هدى ناصر")),
    (10, "en", "Pacific/Auckland", ("Aroha Tamihere", "Fergus Lyle", "Wren Castellane", "Piet van Zyl")),
    (11, "en", "Europe/Oslo", ("Reception Desk", "Ingrid Moe", "Paul Adeyemi", "Chloë Bexley")),
)

_ORG_DOMAINS = {
    1: "saltmarsh-marina.example",
    2: "alte-werft.example",
    3: "quais-aber.example",
    4: "puertocalma.example",
    5: "tsubaki-ryokan.example",
    6: "pousada-ribeira.example",
    7: "northquay.example",
    8: "fjordhus.example",
    9: "qasralbahr.example",
    10: "brightwater.example",
    11: DOMAIN,
}

_LATIN = str.maketrans("áàâäãåéèêëíìîïñóòôöõøúùûüçß'", "aaaaaaeeeeiiiinoooooouuuucs-", "")


def _login(name: str, number: int) -> str:
    plain = name.lower().replace("æ", "ae").translate(_LATIN)
    parts = ["".join(c for c in part if c.isascii() and (c.isalnum() or c == "-")) for part in plain.split()]
    parts = [part for part in parts if part]
    return ".".join(parts) if parts else f"user{number}"


def people() -> tuple[Person, ...]:
    """Everyone, ids from 1: staff first, then customers. The same for every platform and seed."""
    everyone: list[Person] = []
    for name, role, active, groups, zone, language in _STAFF:
        number = len(everyone) + 1
        login = {OPS: "ops", BOT: "harbor.bot"}.get(number) or _login(name, number)
        everyone.append(
            Person(number, name, f"{login}@{DOMAIN}", login, role, active, INTERNAL, groups, zone, language)
        )
    for organization, language, zone, names in _CUSTOMERS:
        for name in names:
            number = len(everyone) + 1
            login = _login(name, number)
            address = f"{login}@{_ORG_DOMAINS[organization]}"
            everyone.append(Person(number, name, address, login, "end_user", True, organization, (), zone, language))
    return tuple(everyone)

"""How national numbers are written and called, country by country."""

import re

import msgspec


class Number(msgspec.Struct, frozen=True):
    kind: str
    module: str
    """Of the package ``stdnum``; empty where the form is all there is to check."""
    form: re.Pattern[str]
    called: re.Pattern[str]
    marks: tuple[str, ...]
    """One of these (in lower case) stands in every text that calls the number by name."""
    alone: re.Pattern[str] | None = None
    """Written like this it needs no name."""
    least: int = 0
    """Characters it then takes up, from its first digit to its last."""


def _number(
    kind: str,
    module: str,
    form: str,
    called: str,
    marks: str,
    alone: str = "",
    least: int = 0,
    *,
    cased: bool = False,
) -> Number:
    return Number(
        kind,
        module,
        re.compile(rf"(?<![0-9A-Za-z_./+-])(?:{form})(?![0-9A-Za-z_]|[./-][0-9A-Za-z])"),
        re.compile(rf"(?<!\w)(?:{called})(?!\w)", 0 if cased else re.IGNORECASE),
        tuple(marks.split("|")),
        re.compile(alone) if alone else None,
        least,
    )


_D = "[0-9]"
NUMBERS: tuple[Number, ...] = (
    _number(
        "us-ssn",
        "us.ssn",
        rf"{_D}{{3}}-{_D}{{2}}-{_D}{{4}}|{_D}{{3}} {_D}{{2}} {_D}{{4}}|{_D}{{9}}",
        r"ssns?|social security(?: number| no\.?| #)?|soc\.? sec\.?|tax(?:payer)? id|w-?2s?|"
        r"w-?9s?|i-?9s?|1099s?|payroll",
        "ssn|social|soc|tax|w2|w-2|w9|w-9|i9|i-9|1099|payroll",
        r"(?!)",
        11,
    ),
    _number("us-itin", "us.itin", rf"9{_D}{{2}}-{_D}{{2}}-{_D}{{4}}", r"itin|tax(?:payer)? id", "itin|tax"),
    _number(
        "uk-nino",
        "",
        rf"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?{_D}{{2}} ?{_D}{{2}} ?{_D}{{2}} ?[A-D]",
        r"nino|national insurance|ni (?:number|no\.?)|payroll|hmrc|p45|p60",
        "nino|insurance|ni n|payroll|hmrc|p45|p60",
    ),
    _number("uk-nhs", "gb.nhs", rf"{_D}{{3}}[ -]?{_D}{{3}}[ -]?{_D}{{4}}", r"nhs", "nhs"),
    _number(
        "de-tax-id",
        "de.idnr",
        rf"[1-9]{_D}[ ]?{_D}{{3}}[ ]?{_D}{{3}}[ ]?{_D}{{3}}",
        r"steuer-?id(?:entifikationsnummer)?|steuer-?idnr\.?|steuernummer|idnr\.?|tax id",
        "steuer|idnr|tax id",
    ),
    _number(
        "fr-nir",
        "fr.nir",
        rf"[12] ?{_D}{{2}} ?{_D}{{2}} ?(?:{_D}{{2}}|2[AB]) ?{_D}{{3}} ?{_D}{{3}} ?{_D}{{2}}",
        r"nir|sécurité sociale|securite sociale|sécu|n° ?ss|insee|carte vitale",
        "nir|sécu|secu|ss|insee|vitale",
        rf"[12] {_D}{{2}} {_D}{{2}} [0-9AB]{{2}} {_D}{{3}} {_D}{{3}} {_D}{{2}}",
        21,
    ),
    _number(
        "es-dni", "es.dni", rf"{_D}{{8}}[ -]?[A-HJ-NP-TV-Z]", r"dni|nif|d\.n\.i\.?|documento", "dni|nif|d.n.i|documento"
    ),
    _number("es-nie", "es.nie", rf"[XYZ][ -]?{_D}{{7}}[ -]?[A-HJ-NP-TV-Z]", r"nie|nif|documento", "nie|nif|documento"),
    _number(
        "it-codice-fiscale",
        "it.codicefiscale",
        rf"[A-Z]{{6}}{_D}{{2}}[A-EHLMPRST]{_D}{{2}}[A-Z]{_D}{{3}}[A-Z]",
        r"codice fiscale|c\.? ?f\.?|cod\. ?fisc\.?",
        "cod|cf|c.f",
        ".",
    ),
    _number(
        "nl-bsn",
        "nl.bsn",
        rf"{_D}{{9}}|{_D}{{4}}[. ]{_D}{{2}}[. ]{_D}{{3}}",
        r"bsn|burgerservicenummer|sofinummer",
        "bsn|burgerservice|sofi",
    ),
    _number(
        "be-national-number",
        "be.nn",
        rf"{_D}{{2}}[.]{_D}{{2}}[.]{_D}{{2}}-{_D}{{3}}[.]{_D}{{2}}|{_D}{{11}}",
        r"rijksregister(?:nummer)?|registre national|numéro national|niss|insz|rrn|nrn",
        "rijksregister|national|niss|insz|rrn|nrn",
        r".*-",
        15,
    ),
    _number("pl-pesel", "pl.pesel", rf"{_D}{{11}}", r"pesel\w*", "pesel"),
    _number(
        "pt-nif",
        "pt.nif",
        rf"[123]{_D}{{2}} ?{_D}{{3}} ?{_D}{{3}}",
        r"nif|contribuinte|n\.?i\.?f\.?",
        "nif|contribuinte|n.i.f",
    ),
    _number(
        "se-personnummer",
        "se.personnummer",
        rf"(?:19|20)?{_D}{{6}}[-+]{_D}{{4}}|(?:19|20){_D}{{10}}",
        r"person(?:nummer|nr\.?)|pnr|personal (?:identity )?number",
        "person|pnr",
    ),
    _number("dk-cpr", "dk.cpr", rf"{_D}{{6}}-?{_D}{{4}}", r"cpr(?:-?(?:nummer|nr\.?))?", "cpr"),
    _number(
        "no-fodselsnummer",
        "no.fodselsnummer",
        rf"{_D}{{6}} ?{_D}{{5}}",
        r"fødsels(?:nummer|nr\.?)|personnummer|fnr",
        "fødsels|personn|fnr",
    ),
    _number(
        "fi-hetu",
        "fi.hetu",
        rf"{_D}{{6}}[-+ABCDEFYXWVU]{_D}{{3}}[0-9A-FHJ-NPR-Y]",
        r"hetu|henkilötunnus\w*|personbeteckning",
        "hetu|henkilö|personbeteckning",
        r".{6}[-+]",
        10,
    ),
    _number(
        "ch-ahv",
        "ch.ssn",
        rf"756[.]{_D}{{4}}[.]{_D}{{4}}[.]{_D}{{2}}|756{_D}{{10}}",
        r"ahv(?:-?(?:nummer|nr\.?))?|avs|n° ?avs",
        "ahv|avs",
        r".*[.]",
        16,
    ),
    _number(
        "at-svnr",
        "at.vnr",
        rf"{_D}{{4}} ?{_D}{{6}}",
        r"svnr\.?|sv-?(?:nummer|nr\.?)|sozialversicherungs\w*",
        "svnr|sv-|sv n|svn|sozialvers",
    ),
    _number("ie-pps", "ie.pps", rf"{_D}{{7}}[A-W][ABHWTX]?", r"ppsn?|pps (?:number|no\.?)", "pps"),
    _number(
        "cz-rodne-cislo",
        "cz.rc",
        rf"{_D}{{6}}/?{_D}{{3,4}}",
        r"rodn[éeá] čísl[oa]|rodne cislo|r\. ?č\.?|rč",
        "rodn|r.|rč",
    ),
    _number("ro-cnp", "ro.cnp", rf"[1-8]{_D}{{12}}", r"cnp|cod numeric personal", "cnp|numeric"),
    _number("bg-egn", "bg.egn", rf"{_D}{{10}}", r"егн|egn", "егн|egn"),
    _number("hr-oib", "hr.oib", rf"{_D}{{11}}", r"oib", "oib"),
    _number(
        "tr-kimlik",
        "tr.tckimlik",
        rf"[1-9]{_D}{{10}}",
        r"t\.?c\.?(?: kimlik(?: no\.?)?)?|kimlik(?: no\.?)?|tckn",
        "kimlik|tckn|tc|t.c",
    ),
    _number("il-id", "il.idnr", rf"{_D}{{8,9}}", r"teudat zehut|תעודת זהות|ת\.ז\.?", "zehut|זהות|ת.ז"),
    _number(
        "za-id",
        "za.idnr",
        rf"{_D}{{13}}|{_D}{{6}} {_D}{{4}} {_D}{{3}}",
        r"(?:sa |rsa )?id (?:number|no\.?|nr\.?)|identity number",
        "id n|identity",
    ),
    _number(
        "ca-sin",
        "ca.sin",
        rf"{_D}{{3}}[ -]?{_D}{{3}}[ -]?{_D}{{3}}",
        r"SIN|S\.I\.N\.?|NAS|[Ss]ocial [Ii]nsurance|(?:assurance|ASSURANCE) sociale",
        "sin|s.i.n|nas|social",
        cased=True,
    ),
    _number("au-tfn", "au.tfn", rf"{_D}{{3}} ?{_D}{{3}} ?{_D}{{2,3}}", r"tfn|tax file", "tfn|tax file"),
    _number(
        "br-cpf",
        "br.cpf",
        rf"{_D}{{3}}[.]{_D}{{3}}[.]{_D}{{3}}-{_D}{{2}}|{_D}{{11}}",
        r"cpf",
        "cpf",
        r".*-",
        14,
    ),
    _number(
        "mx-curp",
        "mx.curp",
        rf"[A-Z][AEIOUX][A-Z]{{2}}{_D}{{6}}[HMX][A-Z]{{5}}[0-9A-Z]{_D}",
        r"curp",
        "curp",
        ".",
    ),
    _number(
        "cl-rut",
        "cl.rut",
        rf"[1-3]?{_D}[.]?{_D}{{3}}[.]?{_D}{{3}}-[0-9Kk]",
        r"rut|r\.u\.t\.?|cédula",
        "rut|r.u.t|cédula",
    ),
    _number(
        "in-aadhaar",
        "in_.aadhaar",
        rf"[2-9]{_D}{{3}}[ -]?{_D}{{4}}[ -]?{_D}{{4}}",
        r"aadhaa?r|uidai|आधार",
        "aadha|uidai|आधार",
    ),
    _number(
        "in-pan",
        "in_.pan",
        rf"[A-Z]{{3}}P[A-Z]{_D}{{4}}[A-Z]",
        r"PAN(?: card| number| no\.?)?|permanent account",
        "pan|permanent",
        cased=True,
    ),
    _number(
        "cn-resident-id",
        "cn.ric",
        rf"[1-9]{_D}{{5}}(?:19|20){_D}{{9}}[0-9Xx]",
        r"身份证|居民身份|resident id|id card|shenfenzheng",
        "身份|resident|id card|shenfen",
        r".*",
        17,
    ),
    _number(
        "jp-my-number",
        "jp.in_",
        rf"{_D}{{4}}[ -]?{_D}{{4}}[ -]?{_D}{{4}}",
        r"マイナンバー|個人番号|my number",
        "マイナンバー|個人番号|my number",
    ),
    _number(
        "kr-rrn",
        "kr.rrn",
        rf"{_D}{{6}}-[1-8]{_D}{{6}}",
        r"주민등록번호|주민번호|rrn|resident registration",
        "주민|rrn|resident",
        ".",
        14,
    ),
    _number(
        "th-pin",
        "th.pin",
        rf"{_D}-?{_D}{{4}}-?{_D}{{5}}-?{_D}{{2}}-?{_D}",
        r"เลขประจำตัวประชาชน|บัตรประชาชน|thai id",
        "ประชาชน|thai id",
    ),
    _number("id-nik", "id.nik", rf"{_D}{{16}}", r"nik|ktp|e-ktp", "nik|ktp"),
    _number(
        "my-nric", "my.nric", rf"{_D}{{6}}-?{_D}{{2}}-?{_D}{{4}}", r"nric|mykad|kad pengenalan", "nric|mykad|pengenalan"
    ),
)

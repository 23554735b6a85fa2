"""Quoted mail, signatures, accents and scripts without spaces do not keep two tellings of one story apart."""

from itertools import product

import pytest

from supportctl.duplicates.index import Index
from supportctl.duplicates.rank import Ranker
from supportctl.duplicates.ticket import ticket

THINGS = {
    "ja": (
        ["印刷", "会計", "予約", "倉庫", "電話"],
        ["画面が固まります", "ログインできません", "データが消えました", "遅いです"],
    ),
    "zh": (["打印机", "财务系统", "预约页面", "仓库", "电话"], ["卡住了", "无法登录", "数据丢失", "非常慢"]),
    "th": (
        ["เครื่องพิมพ์", "ระบบบัญชี", "หน้าจอง", "คลังสินค้า", "โทรศัพท์"],
        ["ค้าง", "เข้าสู่ระบบไม่ได้", "ข้อมูลหาย", "ช้ามาก"],
    ),
    "fr": (
        ["l’imprimante", "la comptabilité", "la réservation", "l’entrepôt", "le téléphone"],
        ["s’est bloquée", "refuse l’accès", "perd des données", "répond très lentement"],
    ),
    "ru": (
        ["принтер", "бухгалтерия", "страница брони", "склад", "телефон"],
        ["завис", "не пускает", "теряет данные", "очень медленно"],
    ),
}
STORIES = {
    "ja": ("玄関の自動改札が赤く点滅", "社員証をかざすと玄関の自動改札が点滅して開かない"),
    "zh": ("门禁闸机闪红灯打不开", "刷卡以后闸机一直闪红灯不让人进去"),
    "th": ("ประตูทางเข้ากะพริบสีแดง", "แตะบัตรแล้วประตูทางเข้ากะพริบไม่เปิด"),
    "fr": ("Le portique d’entrée clignote en rouge", "portique de l'entree bloque, voyant clignotant rouge"),
    "ru": ("Турникет мигает красным", "у входа турникет мигает и не открывается"),
}


def ranked(rows: list[dict[str, str]]) -> list[str]:
    """Keys of the candidates of the last one."""
    index = Index()
    index.add([ticket({"id": str(at), "created_at": 3600.0 * at, **row}) for at, row in enumerate(rows)])
    ((_, found),) = Ranker(index).all(len(rows) - 1, len(rows), days=365, most=10)
    return [index.ids[each.ticket] for each in found]


@pytest.mark.parametrize("language", sorted(THINGS))
def test_a_story_told_again_in_any_script_comes_first(language: str) -> None:
    things, faults = THINGS[language]
    rows = [{"title": f"{thing} {fault}", "body": f"{fault} {thing}"} for thing, fault in product(things, faults)]
    told, again = STORIES[language]
    rows[7] = {"title": told, "body": told}
    assert ranked([*rows, {"title": again, "body": again}])[0] == "7"


def test_what_is_quoted_is_not_the_story() -> None:
    faults = ["freezes", "rejects the login", "prints twice", "shows an empty page"]
    rows = [
        {"title": f"The {thing} {fault}", "body": f"Since Monday the {thing} {fault} for all of us."}
        for thing, fault in product(["payroll", "scanner", "intranet", "warehouse"], faults)
    ]
    rows[3] = {"title": "Badge reader flashes amber", "body": "The gate stays shut and the badge reader flashes amber."}
    old = "\n".join(f"> {row['title']}. {row['body']}" for row in rows[8:12])
    body = f"The badge reader flashes amber again.\n\nRegards,\nAnn Lee\n\nOn 3/3/25 10:12, Bob Ray wrote:\n{old}"
    assert ranked([*rows, {"title": "Gate", "body": body}])[0] == "3"

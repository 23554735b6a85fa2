"""Stock phrases and workarounds, language by language."""

import pytest

from supportctl.text.stock import says_nothing, words
from supportctl.text.workaround import is_workaround


@pytest.mark.parametrize(
    "text",
    [
        "", " \n", ".", "--", "✔", "n/a", "N/A", "Fixed", " DONE. ", "ok", "Issue has been resolved!!", "fixed it now",
        "erledigt", "Das Problem wurde behoben.", "résolu", "RE\u0301SOLU", "C'est fait", "solucionado",
        "Se ha resuelto el problema.", "resolvido", "Problema resolvido", "risolto", "opgelost", "n.v.t.", "rozwiązane",
        "löst", "решено", "تم", "対応済み", "対応いたしました。", "解決しました", "已解决", "问题已解决。", "완료",
        "done\n\nOn Monday Ann wrote:\n> The tunnel closes after an hour, since Tuesday.",
        "Fixed.\n-- \nKim Park, Harborlight Travel, Support",
    ],
)  # fmt: skip
def test_says_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Replaced the cable between switch and wall.",
        "Fixed. The certificate of the gateway had expired.",
        "See KB0010023",
        "https://wiki.example/vpn",
        "dup of #12",
        "Zertifikat am Gateway war abgelaufen.",
        "Le certificat avait expiré.",
        "証明書の期限が切れていたため、更新しました。",
        "更换了交换机和墙面之间的网线。",
        "เปลี่ยนสายเคเบิลระหว่างสวิตช์กับผนังแล้ว",
        "케이블을 새 것으로 바꿨습니다.",
        "The issue has been resolved by restarting the print spooler on the second node of the cluster.",
    ],
)
def test_says_something(text: str) -> None:
    assert not says_nothing(text)


def test_few_is_what_the_team_says() -> None:
    assert not says_nothing("replaced the cable", few=2)
    assert says_nothing("replaced the old cable", few=4)


def test_words_of_languages_without_spaces() -> None:
    assert words("Restarted the print-spooler on node2.") == 5
    assert words("対応済み") == 2
    assert words("サーバーを再起動しました") == 6


@pytest.mark.parametrize(
    "text",
    [
        "Workaround: restart it every morning.",
        "As a work-around the printer was renamed.",
        "Put a temporary fix in place, the update comes on Friday.",
        "Als Umgehungslösung neu gestartet.",
        "Une solution de contournement est en place.",
        "Se aplicó una solución provisional.",
        "Zastosowano obejście.",
        "暫定対応として再起動しました。",
    ],
)
def test_workarounds(text: str) -> None:
    assert is_workaround(text)


@pytest.mark.parametrize(
    "text",
    [
        "Update installed, no workaround needed.",
        "There is no known work around available.",
        "Is there a workaround?",
        "Let us know whether the workaround helps.",
        "Removed the old workaround.",
        "Ohne Behelfslösung behoben.",
        "Fixed.\n\nOn Monday Ann wrote:\n> use the workaround",
        "We are working around the clock.",
    ],
)
def test_no_workarounds(text: str) -> None:
    assert not is_workaround(text)

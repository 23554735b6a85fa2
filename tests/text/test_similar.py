"""How alike two texts are."""

import pickle

import pytest

from supportctl.text.similar import SIZE, alike, differing_marks, differing_words, likeness, sketch


def test_equal_and_nothing_in_common() -> None:
    one = sketch("VPN drops every hour")
    assert likeness(one, sketch("Re: AW: vpn DROPS every hour")) == 1
    assert likeness(one, sketch("Printer out of toner")) == 0
    assert likeness(one, sketch("")) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("予約画面が開きません", "予約の画面が開きません"),
        ("无法打开预订页面", "无法打开预订的页面"),
        ("หน้าจองเปิดไม่ได้", "หน้าการจองเปิดไม่ได้"),
    ],
)
def test_scripts_without_spaces(one: str, other: str) -> None:
    assert 0.4 < likeness(sketch(one), sketch(other)) < 1
    assert likeness(sketch(one), sketch("別件です")) < 0.1


def test_long_texts_are_estimated() -> None:
    words = [f"word{n}x" for n in range(600)]
    one, other = sketch(" ".join(words[:500]), pairs=False), sketch(" ".join(words[100:]), pairs=False)
    assert len(one.pieces) == SIZE
    assert likeness(one, other) == pytest.approx(400 / 600, abs=0.15)


def test_marks_tell_templates_apart() -> None:
    one, other = sketch("Invoice 4711 is wrong"), sketch("Invoice 4712 is wrong")
    assert differing_marks(one, other)
    assert not differing_marks(one, sketch("Invoice 4711 is wrong, 2 pages"))
    assert likeness(sketch("Disk full on srv01", digits=False), sketch("Disk full on srv02", digits=False)) == 1


def test_words_of_their_own() -> None:
    assert differing_words(sketch("Rebuild the paypal module"), sketch("Rebuild the nfc module"))
    assert not differing_words(sketch("Rebuild the module"), sketch("Rebuild the module (again)"))


def test_sketches_survive_a_trip() -> None:
    made = sketch("VPN drops every hour since 2 May")
    copied = pickle.loads(pickle.dumps(made))
    assert (copied.pieces, copied.marks, copied.whole) == (made.pieces, made.marks, made.whole)


def test_sets() -> None:
    texts = ["vpn drops every hour", "printer jams", "vpn drops every single hour", "printer jams", "mail is late"]
    found = alike(texts, lambda text: sketch(text, pairs=False), 0.7, lambda *_: True)
    assert found == [[texts[0], texts[2]], [texts[1], texts[3]], [texts[4]]]
    assert alike(texts, sketch, 0.7, lambda *_: False) == [[text] for text in texts]


def test_sets_by_comparing_all_with_all() -> None:
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
    texts = [" ".join(word for n, word in enumerate(words) if number >> n & 1) for number in range(1, 256)]
    made = [sketch(text, pairs=False) for text in texts]
    expected: list[list[int]] = []
    for number in range(len(made)):
        mine = next((each for each in expected if likeness(made[each[0]], made[number]) >= 0.7), None)
        if mine is None:
            expected.append([number])
        else:
            mine.append(number)
    assert alike(range(len(made)), lambda number: made[number], 0.7, lambda *_: True) == expected

"""A team's tags: what the file says, what is refused, and that applying it is safe."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl.adapters.base import Capabilities
from supportctl.changes.tags import tag_change, tags_after
from supportctl.changes.taxonomy import Family, Taxonomy, load, pair
from supportctl.errors import DataError, SupportctlError, UsageError
from supportctl.model import Platform

EXACT = Capabilities(platform=Platform.JSM, reads=frozenset())
FOLDING = Capabilities(platform=Platform.ZENDESK, reads=frozenset(), tags_fold_case=True)

GOOD = """
ignore = ["bump*", "/^auto_/"]

[tags]
vpn = ["vpn-issue", "VPN_problem"]
mail = ["e-mail"]
network = []

[families.product]
tags = ["vpn", "mail"]
need = "one"

[families.cause]
tags = ["network"]
"""


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "tags.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def applied(taxonomy: Taxonomy, tags: list[str]) -> list[str]:
    wish = taxonomy.wish(tags)
    change = tag_change(tags, wish, fold=taxonomy.fold) if wish else None
    return tags_after(tags, change) if change else tags


def test_aliases_become_their_tag_and_the_rest_stays_in_order(tmp_path: Path) -> None:
    taxonomy = load(written(tmp_path, GOOD), EXACT)
    assert applied(taxonomy, ["b", "vpn-issue", "a", "VPN_problem"]) == ["b", "a", "vpn"]
    wish = taxonomy.wish(["vpn-issue", "e-mail"])
    assert wish is not None
    assert taxonomy.reason(wish) == "vpn-issue → vpn, e-mail → mail"
    assert taxonomy.wish(["vpn", "b"]) is None


def test_case_matters_where_the_platform_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert load(path, EXACT).wish(["vpn_PROBLEM"]) is None
    assert applied(load(path, FOLDING), ["vpn_PROBLEM"]) == ["vpn"]


def test_an_alias_that_differs_in_case_only_is_the_tag_itself_where_case_is_folded(tmp_path: Path) -> None:
    path = written(tmp_path, '[tags]\nvpn = ["VPN"]\n')
    assert load(path, FOLDING).wish(["VPN"]) is None
    assert applied(load(path, EXACT), ["VPN"]) == ["vpn"]


def test_families_name_what_a_ticket_lacks(tmp_path: Path) -> None:
    taxonomy = load(written(tmp_path, GOOD), EXACT)
    assert taxonomy.lacking(["vpn-issue", "network"]) == []
    assert taxonomy.lacking([]) == ["no tag of product", "no tag of cause"]
    assert taxonomy.lacking(["vpn", "mail", "network"]) == ["2 tags of product"]


def test_tags_in_no_list_are_told_and_ignored_ones_are_not(tmp_path: Path) -> None:
    taxonomy = load(written(tmp_path, GOOD), EXACT)
    assert taxonomy.strangers(["vpn", "e-mail", "bump3", "auto_close", "close_auto", "other"]) == [
        "close_auto",
        "other",
    ]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('[tags]\nvpn = ["net"]\nnet = ["vpn"]\n', 2, "aliases of each other"),
        ('[tags]\nvpn = ["vpn"]\n', 2, "alias of itself"),
        ('[tags]\nvpn = ["net"]\nnet = []\n', 2, "canonical tag itself"),
        ('[tags]\nvpn = ["x"]\nmail = ["x"]\n', 3, "for 'vpn' and for 'mail'"),
        ('[tags]\nvpn = ["x", "x"]\n', 2, "twice"),
        ('[tags]\n"needs care" = []\n', 2, "needs_care"),
        ('[tags]\nvpn = "x"\n', 2, "no list"),
        ('[tags]\nvpn = []\n\n[families.a]\ntags = ["mail"]\n', 5, "no canonical tag"),
        ('[tags]\nvpn = []\n\n[families.a]\ntags = ["vpn"]\nneed = "two"\n', 6, "one or some"),
        ('ignore = ["v*"]\n[tags]\nvpn = []\n', 3, "ignored as well"),
        ('ignore = ["/(/"]\n[tags]\nvpn = []\n', 1, "regular expression"),
        ("[tags]\n", 1, "no tags"),
        ("[tag]\nvpn = []\n", 1, "unknown key 'tag'"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    with pytest.raises(DataError) as caught:
        load(written(tmp_path, text), EXACT)
    assert f"line {line}" in caught.value.message
    assert told in f"{caught.value.message} {caught.value.hint}"


def test_twins_that_differ_in_case_are_refused_where_case_is_folded(tmp_path: Path) -> None:
    path = written(tmp_path, "[tags]\nvpn = []\nVPN = []\n")
    with pytest.raises(DataError, match="same tag"):
        load(path, FOLDING)
    assert load(path, EXACT).canonical == ("vpn", "VPN")


@pytest.mark.parametrize("text", ["[tags", "\x00"])
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"tags\.toml"):
        load(written(tmp_path, text), EXACT)


def test_without_a_file_the_project_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"supportctl\.toml"):
        load(None, EXACT)
    (tmp_path / "supportctl.toml").write_text('[taxonomy.tags]\nvpn = ["net"]\n')
    assert applied(load(None, EXACT), ["net"]) == ["vpn"]
    (tmp_path / "supportctl.toml").write_text("[other]\n")
    with pytest.raises(SupportctlError):
        load(None, EXACT)


def test_one_renaming(tmp_path: Path) -> None:
    assert applied(pair("net", "vpn", EXACT), ["net", "a"]) == ["a", "vpn"]
    with pytest.raises(UsageError, match="same tag"):
        pair("VPN", "vpn", FOLDING)


TAGS = st.text(alphabet="abAB", min_size=1, max_size=3)


@st.composite
def taxonomies(draw: st.DrawFn) -> Taxonomy:
    fold = draw(st.booleans())
    key = (lambda tag: tag.casefold()) if fold else (lambda tag: tag)
    words = draw(st.lists(TAGS, min_size=1, max_size=8, unique_by=key))
    number = draw(st.integers(min_value=1, max_value=len(words)))
    canonical, aliases = words[:number], words[number:]
    targets = {alias: draw(st.sampled_from(canonical)) for alias in aliases}
    family = Family(name="all", tags=tuple(canonical), need="some")
    return Taxonomy(aliases=targets, canonical=tuple(canonical), families=(family,), fold=fold)


@given(taxonomies(), st.lists(TAGS, max_size=8))
def test_applying_twice_is_applying_once_and_nothing_else_is_lost(taxonomy: Taxonomy, tags: list[str]) -> None:
    if taxonomy.fold:
        tags = list({tag.casefold(): tag for tag in tags}.values())
    tags = list(dict.fromkeys(tags))
    once = applied(taxonomy, tags)
    assert applied(taxonomy, once) == once
    assert [tag for tag in tags if taxonomy.renamed(tag) is None] == [tag for tag in once if tag in tags]
    for tag in tags:
        kept = taxonomy.renamed(tag) or tag
        assert taxonomy.same(kept) in {taxonomy.same(each) for each in once}

"""Profiles: reading, changing, choosing, and the addresses that are refused."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportctl import config_edit
from supportctl.config import Auth, Profile, choose, config_path, environment_profile, load, normalise_url, state_dir
from supportctl.errors import ConfigError, StateError, UsageError


def profile(name: str = "prod", **changes: object) -> Profile:
    values: dict[str, object] = {
        "name": name,
        "platform": "zendesk",
        "url": "https://acme.zendesk.com",
        "auth": Auth(kind="api_token", user="a@b.c"),
    }
    return Profile(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sub" / "config.toml"


def test_a_profile_survives_the_file(path: Path) -> None:
    written = profile(statuses={"100": "new"}, writes=True, tables=["change_request"])
    config_edit.save_profile(written, path)
    assert load(path).profiles == {"prod": written}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_changing_keeps_comments_order_and_what_is_not_ours(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(
        '# my accounts\ndefault_profile = "b"\n\n[profiles.b] # the second\nplatform = "jsm"\n'
        'url = "https://b.atlassian.net" # cloud\nauth = {kind = "pat"}\nwrites = true\n'
    )
    config_edit.save_profile(profile("b", platform="jsm", url="https://b.atlassian.net", auth=Auth(kind="pat")), path)
    text = path.read_text()
    assert "# my accounts" in text
    assert "# the second" in text
    assert "# cloud" in text
    assert "writes" not in text
    config_edit.save_profile(profile("a"), path)
    assert load(path).default_profile == "b"
    assert text.strip() in path.read_text()


def test_a_default_is_put_before_the_tables(path: Path) -> None:
    config_edit.save_profile(profile(), path)
    config_edit.set_default("prod", path)
    assert load(path).default_profile == "prod"
    config_edit.remove_profile("prod", path)
    assert load(path).profiles == {}
    assert load(path).default_profile is None


def test_a_failed_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config_edit.save_profile(profile(), path)
    before = path.read_bytes()

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(config_edit.os, "fsync", fail)
    with pytest.raises(StateError, match="nothing was changed"):
        config_edit.save_profile(profile("other"), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_syntax_error_names_file_line_and_column(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('default_profile = "a"\n[profiles.a\n')
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(path) in caught.value.message
    assert "line 2, column 12" in caught.value.message
    with pytest.raises(ConfigError):
        config_edit.save_profile(profile(), path)
    assert path.read_text().startswith("default_profile")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("profiels = 1\n", "unknown key 'profiels'"),
        ("profiles = 3\n", "not [profiles.NAME] tables"),
        ("[profiles]\na = 3\n", "[profiles.a] is not a table"),
        ('[profiles.a]\nplatform = "jra"\nurl = "x"\nauth = {kind = "pat"}\n', "`platform`"),
        ('[profiles.a]\nplatform = "jsm"\nurl = "http://x.example"\nauth = {kind = "pat"}\n', "https only"),
        ('[profiles.a]\nplatform = "jsm"\nurl = "x.example"\nauth = {kind = "pat"}\ntoken = "abc"\n', "holds a token"),
        ('[profiles.a]\nplatform = "jsm"\nurl = "x.example"\nauth = {kind = "pat", token = "abc"}\n', "holds a token"),
        ('[profiles.a]\nplatform = "jsm"\nurl = "x.example"\nauth = {kind = "pat"}\nwrite = true\n', "`write`"),
        ("default_profile = 3\n", "not a name"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(path: Path, text: str, expected: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert expected in caught.value.message
    assert "abc" not in caught.value.message


def test_bytes_that_are_not_text(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(path)


@pytest.mark.parametrize("name", ["", "-x", "a b", "a.b", "ü", "x" * 65, "env", "a\n"])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(UsageError):
        config_edit.check_name(name)


ENVIRONMENT = {
    "SUPPORTCTL_PLATFORM": "zendesk",
    "SUPPORTCTL_URL": "acme",
    "SUPPORTCTL_USER": "a@b.c",
}


def test_a_profile_from_the_environment() -> None:
    found = environment_profile(ENVIRONMENT)
    assert found == Profile(
        name="env", platform="zendesk", url="https://acme.zendesk.com", auth=Auth(kind="api_token", user="a@b.c")
    )
    allowed = environment_profile({**ENVIRONMENT, "SUPPORTCTL_ALLOW_WRITES": "1"})
    assert allowed is not None
    assert allowed.writes
    assert environment_profile({}) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SUPPORTCTL_PLATFORM": "jira"}, "SUPPORTCTL_PLATFORM"),
        ({"SUPPORTCTL_URL": ""}, "SUPPORTCTL_URL"),
        ({"SUPPORTCTL_URL": "http://acme.example"}, "SUPPORTCTL_URL"),
        ({"SUPPORTCTL_AUTH": "magic"}, "SUPPORTCTL_AUTH"),
        ({"SUPPORTCTL_ALLOW_WRITES": "maybe"}, "SUPPORTCTL_ALLOW_WRITES"),
    ],
)
def test_a_wrong_environment_is_named(changes: dict[str, str], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        environment_profile({**ENVIRONMENT, **changes})


def test_which_profile_is_chosen(path: Path) -> None:
    config_edit.save_profile(profile("a"), path)
    assert choose(None, load(path), {}).name == "a"
    config_edit.save_profile(profile("b"), path)
    with pytest.raises(ConfigError, match="no profile was chosen"):
        choose(None, load(path), {})
    config_edit.set_default("b", path)
    config = load(path)
    assert choose(None, config, {}).name == "b"
    assert choose(None, config, ENVIRONMENT).name == "env"
    assert choose(None, config, {**ENVIRONMENT, "SUPPORTCTL_PROFILE": "a"}).name == "a"
    assert choose("b", config, {**ENVIRONMENT, "SUPPORTCTL_PROFILE": "a"}).name == "b"
    assert choose("env", config, ENVIRONMENT).name == "env"


def test_an_unknown_profile_is_guessed(path: Path) -> None:
    config_edit.save_profile(profile("production"), path)
    with pytest.raises(ConfigError) as caught:
        choose("prodution", load(path), {})
    assert "did you mean 'production'" in caught.value.message
    assert caught.value.hint == "run: supportctl profile list"


def test_no_profile_at_all_points_to_the_next_step(path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        choose(None, load(path), {})
    assert "supportctl profile add" in str(caught.value.hint)
    assert "supportctl demo" in str(caught.value.hint)
    with pytest.raises(ConfigError) as caught:
        choose(None, load(path), {"CI": "true"})
    assert "SUPPORTCTL_TOKEN" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("platform", "text", "expected"),
    [
        ("zendesk", "acme", "https://acme.zendesk.com"),
        ("jsm", "acme", "https://acme.atlassian.net"),
        ("servicenow", "dev12345", "https://dev12345.service-now.com"),
        ("jsm", "HTTPS://Jira.Acme.example/jira/", "https://jira.acme.example/jira"),
        ("jsm", "acme.example:8443", "https://acme.example:8443"),
        ("zendesk", "http://127.0.0.1:8899", "http://127.0.0.1:8899"),
        ("zendesk", "http://localhost:1", "http://localhost:1"),
        ("zendesk", "http://[::1]:8899/", "http://[::1]:8899"),
    ],
)
def test_addresses_get_one_form(platform: str, text: str, expected: str) -> None:
    assert normalise_url(platform, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://acme.example",
        "ftp://acme.example",
        "https://user:pass@acme.example",
        "https://user@acme.example",
        "https://acme.example/?a=b",
        "https://acme.example/#x",
        "https://",
        "",
        "a b",
        "https://acme.example:99999",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "https://acme.example\\@evil.example",
        "file:///etc/passwd",
        "https://acme.example\nX: y",
    ],
)
def test_addresses_that_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        normalise_url("zendesk", text)


@given(st.text(max_size=60))
def test_any_address_is_one_form_or_refused(text: str) -> None:
    try:
        once = normalise_url("jsm", text)
    except UsageError:
        return
    assert normalise_url("jsm", once) == once
    assert once.startswith(("https://", "http://"))


def test_places() -> None:
    assert config_path({"SUPPORTCTL_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")
    assert state_dir({"SUPPORTCTL_STATE_DIR": "/x/s"}) == Path("/x/s")
    assert config_path({}).name == "config.toml"


def test_profiles_whose_tokens_would_share_a_name_are_refused(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        '[profiles.prod-eu]\nplatform = "zendesk"\nurl = "https://a.zendesk.com"\nauth = {kind = "oauth"}\n'
        '[profiles.prod_eu]\nplatform = "zendesk"\nurl = "https://b.zendesk.com"\nauth = {kind = "oauth"}\n'
    )
    with pytest.raises(ConfigError, match="SUPPORTCTL_PROD_EU_TOKEN"):
        load(path)

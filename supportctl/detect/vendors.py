"""Keys of many services by the prefixes their makers publish. For a redactor: shape is enough."""

import re
from collections.abc import Iterator

from supportctl.detect.secret import Secret, mask

_W = "[A-Za-z0-9_-]"
_B = "[A-Za-z0-9]"
# Kind, prefix, what follows it.
_FORMS: tuple[tuple[str, str, str], ...] = (
    ("github-token", "ghp_", rf"{_B}{{30,255}}"),
    ("github-token", "gho_", rf"{_B}{{30,255}}"),
    ("github-token", "ghu_", rf"{_B}{{30,255}}"),
    ("github-token", "ghs_", rf"{_B}{{30,255}}"),
    ("github-token", "ghr_", rf"{_B}{{30,255}}"),
    ("github-token", "github_pat_", r"[A-Za-z0-9_]{40,255}"),
    ("gitlab-token", "glpat-", rf"{_W}{{16,300}}"),
    ("gitlab-token", "glptt-", r"[0-9a-f]{40}"),
    ("gitlab-token", "gldt-", rf"{_W}{{16,300}}"),
    ("gitlab-token", "glrt-", rf"{_W}{{16,300}}"),
    ("gitlab-token", "glcbt-", rf"{_W}{{16,300}}"),
    ("gitlab-token", "glsoat-", rf"{_W}{{16,300}}"),
    ("gitlab-token", "glft-", rf"{_W}{{16,300}}"),
    ("gitlab-token", "glagent-", rf"{_W}{{16,300}}"),
    ("gitlab-token", "GR1348941", rf"{_W}{{20,300}}"),
    ("aws-access-key-id", "AKIA", r"[A-Z0-9]{16}"),
    ("aws-access-key-id", "ASIA", r"[A-Z0-9]{16}"),
    ("aws-access-key-id", "ABIA", r"[A-Z0-9]{16}"),
    ("aws-access-key-id", "ACCA", r"[A-Z0-9]{16}"),
    ("amazon-token", "amzn.mws.", r"[0-9a-f-]{36}"),
    ("amazon-token", "Atza|", r"[A-Za-z0-9_|-]{40,2000}"),
    ("google-api-key", "AIza", rf"{_W}{{30,50}}"),
    ("google-token", "ya29.", rf"{_W}{{20,2000}}"),
    ("google-token", "GOCSPX-", rf"{_W}{{20,40}}"),
    ("google-token", "1//0", rf"{_W}{{40,200}}"),
    ("slack-token", "xoxb-", r"[A-Za-z0-9-]{10,250}"),
    ("slack-token", "xoxp-", r"[A-Za-z0-9-]{10,250}"),
    ("slack-token", "xoxa-", r"[A-Za-z0-9-]{10,250}"),
    ("slack-token", "xoxs-", r"[A-Za-z0-9-]{10,250}"),
    ("slack-token", "xoxr-", r"[A-Za-z0-9-]{10,250}"),
    ("slack-token", "xoxc-", r"[A-Za-z0-9-]{10,250}"),
    ("slack-token", "xoxd-", r"[A-Za-z0-9%/+=-]{10,500}"),
    ("slack-token", "xoxe.xox", r"[bp]-[A-Za-z0-9-]{10,300}"),
    ("slack-token", "xapp-", r"[A-Za-z0-9-]{10,250}"),
    ("stripe-key", "sk_live_", rf"{_B}{{10,250}}"),
    ("stripe-key", "rk_live_", rf"{_B}{{10,250}}"),
    ("stripe-key", "sk_test_", rf"{_B}{{10,250}}"),
    ("stripe-key", "rk_test_", rf"{_B}{{10,250}}"),
    ("stripe-key", "whsec_", r"[A-Za-z0-9+/=]{20,250}"),
    ("square-token", "sq0atp-", rf"{_W}{{20,60}}"),
    ("square-token", "sq0csp-", rf"{_W}{{40,60}}"),
    ("square-token", "EAAA", rf"{_W}{{60}}"),
    ("facebook-token", "EAACEdEose0cBA", rf"{_B}{{10,300}}"),
    ("shopify-token", "shpat_", r"[0-9a-fA-F]{32}"),
    ("shopify-token", "shpca_", r"[0-9a-fA-F]{32}"),
    ("shopify-token", "shppa_", r"[0-9a-fA-F]{32}"),
    ("shopify-token", "shpss_", r"[0-9a-fA-F]{32}"),
    ("sendgrid-key", "SG.", rf"{_W}{{16,64}}\.{_W}{{16,64}}"),
    ("mailgun-key", "key-", r"[0-9a-f]{32}"),
    ("brevo-key", "xkeysib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    ("npm-token", "npm_", rf"{_B}{{36}}"),
    ("pypi-token", "pypi-AgE", rf"{_W}{{50,400}}"),
    ("rubygems-key", "rubygems_", r"[0-9a-f]{48}"),
    ("docker-token", "dckr_pat_", rf"{_W}{{20,60}}"),
    ("docker-token", "dckr_oat_", rf"{_W}{{20,60}}"),
    ("digitalocean-token", "dop_v1_", r"[0-9a-f]{64}"),
    ("digitalocean-token", "doo_v1_", r"[0-9a-f]{64}"),
    ("digitalocean-token", "dor_v1_", r"[0-9a-f]{64}"),
    ("atlassian-token", "ATATT3", r"[A-Za-z0-9_=-]{50,300}"),
    ("atlassian-token", "ATCTT3", r"[A-Za-z0-9_=-]{50,300}"),
    ("atlassian-token", "ATBB", rf"{_B}{{28,40}}"),
    ("openai-key", "sk-proj-", rf"{_W}{{20,300}}"),
    ("openai-key", "sk-svcacct-", rf"{_W}{{20,300}}"),
    ("openai-key", "sk-", rf"{_B}{{40,64}}"),
    ("anthropic-key", "sk-ant-", rf"{_W}{{20,300}}"),
    ("hugging-face-token", "hf_", r"[A-Za-z]{30,40}"),
    ("groq-key", "gsk_", rf"{_B}{{40,60}}"),
    ("xai-key", "xai-", rf"{_B}{{60,100}}"),
    ("replicate-token", "r8_", rf"{_B}{{37}}"),
    ("perplexity-key", "pplx-", rf"{_B}{{40,60}}"),
    ("nvidia-key", "nvapi-", rf"{_W}{{60,80}}"),
    ("databricks-token", "dapi", r"[0-9a-f]{32}(?:-[0-9])?"),
    ("vault-token", "hvs.", rf"{_W}{{24,300}}"),
    ("vault-token", "hvb.", rf"{_W}{{24,300}}"),
    ("terraform-token", ".atlasv1.", rf"{_W}{{60,80}}"),
    ("pulumi-token", "pul-", r"[0-9a-f]{40}"),
    ("postman-key", "PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}"),
    ("new-relic-key", "NRAK-", r"[A-Z0-9]{27}"),
    ("new-relic-key", "NRJS-", r"[0-9a-f]{19}"),
    ("new-relic-key", "NRII-", rf"{_W}{{32}}"),
    ("grafana-token", "glsa_", r"[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
    ("grafana-token", "glc_", r"[A-Za-z0-9+/=]{32,400}"),
    ("sentry-token", "sntrys_", r"[A-Za-z0-9+/=_]{40,400}"),
    ("sentry-token", "sntryu_", r"[0-9a-f]{64}"),
    ("dynatrace-token", "dt0c01.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("doppler-token", "dp.pt.", rf"{_B}{{40,44}}"),
    ("doppler-token", "dp.st.", r"[A-Za-z0-9._-]{40,80}"),
    ("linear-key", "lin_api_", rf"{_B}{{40}}"),
    ("figma-token", "figd_", rf"{_W}{{40}}"),
    ("notion-token", "ntn_", rf"{_B}{{40,50}}"),
    ("notion-token", "secret_", rf"{_B}{{43}}"),
    ("planetscale-token", "pscale_tkn_", r"[A-Za-z0-9_.=-]{32,64}"),
    ("planetscale-token", "pscale_pw_", r"[A-Za-z0-9_.=-]{32,64}"),
    ("supabase-key", "sbp_", r"[0-9a-f]{40}"),
    ("fly-token", "fo1_", rf"{_W}{{43}}"),
    ("fly-token", "FlyV1 fm", r"[0-9]_[A-Za-z0-9+/=,_-]{40,2000}"),
    ("frameio-token", "fio-u-", rf"{_W}{{64}}"),
    ("flutterwave-key", "FLWSECK", r"[A-Za-z0-9_-]{12,60}"),
    ("easypost-key", "EZAK", rf"{_B}{{54}}"),
    ("easypost-key", "EZTK", rf"{_B}{{54}}"),
    ("duffel-token", "duffel_", rf"(?:test|live)_{_W}{{43}}"),
    ("clojars-token", "CLOJARS_", r"[0-9a-f]{60}"),
    ("artifactory-key", "AKCp", rf"{_B}{{69}}"),
    ("alibaba-key", "LTAI", rf"{_B}{{12,24}}"),
    ("sourcegraph-token", "sgp_", r"[A-Za-z0-9_]{40,80}"),
    ("readme-key", "rdme_", r"[a-z0-9]{70}"),
    ("shippo-token", "shippo_", r"(?:live|test)_[0-9a-f]{40}"),
    ("typeform-token", "tfp_", r"[A-Za-z0-9_.=-]{50,64}"),
    ("prefect-key", "pnu_", rf"{_B}{{36}}"),
    ("age-key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
    ("1password-token", "ops_eyJ", r"[A-Za-z0-9+/=_-]{100,2000}"),
    ("mapbox-token", "sk.eyJ", r"[A-Za-z0-9_.-]{40,400}"),
    ("adafruit-key", "aio_", rf"{_B}{{28}}"),
    ("slack-webhook", "hooks.slack.com/", r"(?:services|workflows|triggers)/[A-Za-z0-9/+]{20,120}"),
    ("discord-webhook", "/api/webhooks/", rf"[0-9]{{15,20}}/{_W}{{40,100}}"),
    ("teams-webhook", ".webhook.office.com/webhookb2/", r"[A-Za-z0-9@/-]{40,250}"),
)
_HEAD = re.compile(r"[A-Za-z0-9_-]{3,}")
_BY_HEAD: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
_BY_TAIL: dict[str, tuple[str, re.Pattern[str]]] = {}
"""Prefixes that end in a sign no run holds; the run begins behind it."""
_PLACES: list[tuple[str, str, re.Pattern[str]]] = []
for _kind, _prefix, _rest in _FORMS:
    _form = re.compile(rf"{re.escape(_prefix)}(?:{_rest})(?![A-Za-z0-9_])")
    if _HEAD.fullmatch(_prefix):
        _BY_HEAD.setdefault(_prefix[:3], []).append((_kind, _prefix, _form))
    elif _prefix.startswith("/") or "/" in _prefix[3:]:
        _PLACES.append((_kind, _prefix, _form))
    else:
        _BY_TAIL[_prefix] = (_kind, _form)
_RUN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{20,}+")
_TWILIO = re.compile(r"(?:AC|SK)[0-9a-f]{32}")
_MAILCHIMP = re.compile(r"[0-9a-f]{32}-us[0-9]{1,2}")
_DISCORD = re.compile(r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}(?![A-Za-z0-9_])")
_BOT = re.compile(r"[0-9]{6,12}:$")


def find_vendor_tokens(text: str) -> Iterator[Secret]:
    """One look at every long run of letters and digits: by its first characters, and by what stands before it."""
    tails = [prefix for prefix in _BY_TAIL if prefix in text]
    for run in _RUN.finditer(text):
        value, start = run[0], run.start()
        forms = _BY_HEAD.get(value[:3])
        if forms is not None:
            for kind, prefix, form in forms:
                match = form.match(text, start)
                if match is not None:
                    yield _secret(kind, start, match.end(), prefix)
                    break
        elif value[:2] in ("AC", "SK") and _TWILIO.fullmatch(value):
            yield _secret("twilio-key", start, run.end(), value[:2])
        elif "-us" in value and len(value) < 38 and _MAILCHIMP.fullmatch(value):
            yield _secret("mailchimp-key", start, run.end(), "")
        elif value[0] in "MNO" and (match := _DISCORD.match(text, start)):
            yield _secret("discord-token", start, match.end(), "")
        if value[:2] == "AA" and len(value) in (34, 35) and (bot := _BOT.search(text, max(0, start - 13), start)):
            yield _secret("telegram-bot-token", bot.start(), start + len(value), "")
        elif tails and start and text[start - 1] in ".:/| ":
            yield from _behind(text, start, tails)
    for kind, prefix, form in _PLACES:
        at = text.find(prefix)
        while at >= 0:
            match = form.match(text, at)
            if match is not None:
                yield _secret(kind, at, match.end(), prefix)
            at = text.find(prefix, at + len(prefix))


def _behind(text: str, start: int, prefixes: list[str]) -> Iterator[Secret]:
    """Tokens whose prefix ends in a sign or goes on into the run: ``SG.``, ``ya29.``."""
    near = text[max(0, start - 24) : start + 4]
    for prefix in prefixes:
        at = near.rfind(prefix)
        if at < 0:
            continue
        kind, form = _BY_TAIL[prefix]
        at += max(0, start - 24)
        glued = at > 0 and prefix[0].isalnum() and (text[at - 1].isalnum() or text[at - 1] in "_-")
        match = None if glued else form.match(text, at)
        if match is not None and match.end() > start:
            yield _secret(kind, at, match.end(), "")
            return


def _secret(kind: str, start: int, end: int, prefix: str) -> Secret:
    return Secret(kind=kind, start=start, end=end, masked=mask("", prefix))

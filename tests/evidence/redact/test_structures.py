"""What the walkers hide and what they keep, by structure."""

import base64
import json
import zlib
from typing import Any
from urllib.parse import quote

import pytest

from supportctl.evidence.redact import Source, redact
from tests.evidence.redact.test_properties import entry, har, one


def b64(told: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def decoded(part: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


SIGNATURE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CLAIMS = {"iss": "https://id.test", "exp": 1700000000, "sub": "u-81723", "email": "eva.klein@firma-x.de"}


@pytest.mark.parametrize("kind", ["prose", "log", "har"])
def test_a_web_token_keeps_what_it_is_for(kind: str) -> None:
    token = f"{b64({'alg': 'HS256', 'typ': 'JWT'})}.{b64(CLAIMS)}.{SIGNATURE}"
    data = har(entry(headers={"Authorization": f"Bearer {token}"})) if kind == "har" else f"Bearer {token} end".encode()
    told = one(data, kind, f"a.{kind}").decode()
    assert SIGNATURE not in told
    rest = told[told.index("eyJ") :]
    header, claims, signature = rest.split('"')[0].split(" ")[0].split(".")
    assert decoded(header) == {"alg": "HS256", "typ": "JWT"}
    assert decoded(claims)["iss"] == "https://id.test"
    assert decoded(claims)["exp"] == 1700000000
    assert decoded(claims)["sub"].startswith("[USER_")
    assert decoded(claims)["email"].startswith("[EMAIL_")
    assert signature == "redacted"


def test_headers_of_a_har() -> None:
    told = json.loads(
        one(
            har(
                entry(
                    "https://app.test/x?page=2&access_token=AbCd1234EfGh5678&X-Amz-Signature=0f0e0d0c0b0a",
                    {
                        "authorization": "Basic ZXZhOmdlaGVpbQ==",
                        "cookie": "sid=s%3Aabc.DEF123; lang=de-DE",
                        "x-api-key": "k-123456789",
                        "X-CSRF-Token": "f00ba4f00ba4",
                        "x-request-id": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
                        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                        "Retry-After": "120",
                        "content-type": "application/json; charset=utf-8",
                    },
                )
            ),
            name="a.har",
        )
    )
    request = told["log"]["entries"][0]["request"]
    headers = {each["name"]: each["value"] for each in request["headers"]}
    assert headers["authorization"] == "Basic [SECRET_3]"
    assert headers["cookie"] == "sid=[COOKIE_1]; lang=[COOKIE_2]"
    assert headers["x-api-key"].startswith("[SECRET_")
    assert headers["X-CSRF-Token"].startswith("[SECRET_")
    assert headers["x-request-id"] == "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    assert headers["traceparent"] == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert headers["Retry-After"] == "120"
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert request["url"] == "https://app.test/x?page=2&access_token=[SECRET_1]&X-Amz-Signature=[SECRET_2]"


def test_names_with_several_meanings() -> None:
    told = {
        "X-Auth": "Abcdef123456", "address": "10.0.0.7:8080", "token_type": "bearer", "max_tokens": 100,
        "passwordPolicy": {"minLength": 8}, "session_timeout": "30m", "sessionId": "Zz88Yy77Xx66", "keys": ["a"],
        "request_id": "Zz88-1234-Keep", "customer": {"email": "eva.klein@firma-x.de", "firstName": "Eva"},
    }  # fmt: skip
    after = json.loads(one(json.dumps(told).encode(), "json"))
    kept = ("address", "token_type", "max_tokens", "passwordPolicy", "session_timeout", "keys", "request_id")
    assert {name: after[name] for name in kept} == {name: told[name] for name in kept}
    assert after["X-Auth"].startswith("[SECRET_")
    assert after["sessionId"].startswith("[SECRET_")
    assert after["customer"] == {"email": "[EMAIL_1]", "firstName": "[PERSON_1]"}


def test_quoted_cookies() -> None:
    told = one(har(entry(headers={"Cookie": 'a="Abc123:Def456"; b={"k":"Zz11Yy22"}; c'})), name="a.har").decode()
    assert 'a=[COOKIE_1]; b=[COOKIE_2]; c"' in told


def test_set_cookie_keeps_its_attributes() -> None:
    answer = entry()
    answer["response"]["headers"] = [  # type: ignore[index]
        {"name": "Set-Cookie", "value": "sid=Abc123Def456; Path=/; HttpOnly; SameSite=Lax\nq=Zzz999Yyy888; Max-Age=60"}
    ]
    told = one(har(answer), name="a.har").decode()
    assert "sid=[COOKIE_1]; Path=/; HttpOnly; SameSite=Lax\\nq=[COOKIE_2]; Max-Age=60" in told


def test_bodies_of_a_har() -> None:
    post = entry()
    post["request"]["postData"] = {  # type: ignore[index]
        "mimeType": "application/json; charset=utf-8",
        "text": json.dumps({"user": {"password": "Geheim77!x"}, "n": 1}),
        "params": [],
    }
    form = entry()
    form["request"]["postData"] = {  # type: ignore[index]
        "mimeType": "application/x-www-form-urlencoded",
        "text": "grant_type=refresh_token&refresh_token=AbcDef123456&client_secret=S3cr3tValue99",
        "params": [{"name": "refresh_token", "value": "AbcDef123456"}],
    }
    script = entry(body="var secret = 'x';")
    script["response"]["content"]["mimeType"] = "application/javascript"  # type: ignore[index]
    packed = entry()
    packed["response"]["content"] = {  # type: ignore[index]
        "mimeType": "application/json", "encoding": "base64", "size": 9,
        "text": base64.b64encode(b'{"token": "Qwert12345zz"}').decode(),
    }  # fmt: skip
    told = json.loads(one(har(post, form, script, packed), name="a.har"))
    first, second, third, fourth = told["log"]["entries"]
    assert json.loads(first["request"]["postData"]["text"]) == {"user": {"password": "[PASSWORD_1]"}, "n": 1}
    body = second["request"]["postData"]
    assert body["text"] == "grant_type=refresh_token&refresh_token=[SECRET_1]&client_secret=[SECRET_2]"
    assert body["params"][0]["value"] == "[SECRET_1]"
    assert third["response"]["content"]["text"].startswith("[dropped: application/javascript, 17 bytes, sha256 ")
    assert json.loads(base64.b64decode(fourth["response"]["content"]["text"]))["token"].startswith("[SECRET_")


@pytest.mark.parametrize("deflated", [False, True])
def test_saml_keeps_who_asked_whom(deflated: bool) -> None:
    document = (
        '<samlp:Response Destination="https://sp.test/acs" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">'
        '<saml:Issuer>https://idp.test</saml:Issuer><samlp:StatusCode Value="Success"/>'
        "<saml:NameID>eva.klein@firma-x.de</saml:NameID><ds:SignatureValue>QUJDREVGR0hJSktMTU5P</ds:SignatureValue>"
        "<saml:AttributeValue>Eva Klein</saml:AttributeValue></samlp:Response>"
    )
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = squeeze.compress(document.encode()) + squeeze.flush() if deflated else document.encode()
    value = base64.b64encode(data).decode()
    post = entry()
    post["request"]["postData"] = {  # type: ignore[index]
        "mimeType": "application/x-www-form-urlencoded", "text": f"SAMLResponse={quote(value, safe='')}&x=1",
    }  # fmt: skip
    told = json.loads(one(har(post), name="a.har"))
    from urllib.parse import unquote

    text = told["log"]["entries"][0]["request"]["postData"]["text"]
    packed = base64.b64decode(unquote(text.partition("SAMLResponse=")[2].partition("&")[0]))
    plain = zlib.decompress(packed, -15).decode() if deflated else packed.decode()
    for kept in ("https://idp.test", "https://sp.test/acs", 'Value="Success"'):
        assert kept in plain
    for hidden in ("eva.klein", "QUJDREVG", "Eva Klein"):
        assert hidden not in plain


LOG = [
    ("password=Geheim77!x user=eklein", "password=[PASSWORD_1] user=[USER_1]"),
    ('{"api_key": "Abc123Def456"}', '{"api_key": "[SECRET_1]"}'),
    ("curl --password Geheim77!x https://h.test", "curl --password [PASSWORD_1] https://h.test"),
    ("<password>Geheim77!x</password>", "<password>[PASSWORD_1]</password>"),
    ("jdbc:x://db.test/a;user=eklein;password=Geheim77!x;", "jdbc:x://db.test/a;user=[USER_1];password=[PASSWORD_1];"),
    ("GET /cb?code=4/0AX4XfWh&state=q9w8 HTTP/1.1", "GET /cb?code=[SECRET_1]&state=[SECRET_2] HTTP/1.1"),
    ("from 81.2.69.142 port 22", "from [IP_1] port 22"),
    ("/home/eklein/app.py line 3", "/home/[USER_1]/app.py line 3"),
    ("mac 00:1b:44:11:3a:b7 up", "mac [MAC_1] up"),
    ("ghp_16C7e42F292c6912E7710c838347Ae178B4a pushed", "[GITHUB_TOKEN_1] pushed"),
    ("curl -u eklein:Geheim77x https://h.test", "curl -u [USER_1]:[PASSWORD_1] https://h.test"),
    ("mysql -u root -pGeheim77x db", "mysql -u root -p[PASSWORD_1] db"),
    ("[client 81.2.69.160:51234] denied", "[client [IP_1]:51234] denied"),
    ("sms to=+4915123456789 sent", "sms to=[PHONE_1] sent"),
    ("card_number=4539148803436467 cvv=123", "card_number=[CARD_1] cvv=[SECRET_1]"),
    ('{"args":["run","--token","Abc123Def456"]}', '{"args":["run","--token","[SECRET_1]"]}'),
    ('{"card":{"number":"4539148803436467"}}', '{"card":{"number":"[CARD_1]"}}'),
    ('{"password":{"message":"is too short"}}', '{"password":{"message":"is too short"}}'),
]


@pytest.mark.parametrize(("line", "told"), LOG)
def test_lines_of_logs(line: str, told: str) -> None:
    assert one(line.encode(), "log").decode() == told


KEPT = [
    "2017-05-16 00:00:00.008 25746 INFO nova [req-38101a0b-2096-447d-96ea-a692162415ae 113d3a99c3da401f] 10.11.10.1",
    "081109 203615 148 INFO dfs.DataNode: block blk_38865049064139660 size 67108864",
    "Failed password for root from port 22 ssh2",
    "commit 8f14e45fceea167a5a36dedd4bea2543deadbeef version 10.0.19041.1 build 4.18.2203.5",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 x-request-id: 1-678912-abcdef0123456789",
    "token expired, session closed, password: incorrect; secret: none; key=null",
    "at com.example.Foo$Bar.baz(Foo.java:123) epoch 1700000000123 order 4111111111111",
    "127.0.0.1 - - ::1 0.0.0.0 255.255.255.0 192.168.1.4 std::string::npos 12:30:45",
]


@pytest.mark.parametrize("line", KEPT)
def test_what_engineers_need_stays(line: str) -> None:
    assert one(line.encode(), "log").decode() == line


PROSE = [
    ("Reach me at +49 (0)30 90182040 please", "PHONE"),
    ("Card 4539 1488 0343 6467 was declined", "CARD"),
    ("My IBAN is DE44 5001 0517 5407 3249 31", "IBAN"),
    ("SSN 536-90-4399 is on file", "NATIONAL_ID"),
    ("The page https://kunden.firma-x.de/login fails", "HOST"),
    ("our server 10.20.30.40 is down", "IP"),
    ("my password is: Geheim77!x", "PASSWORD"),
]


@pytest.mark.parametrize(("text", "kind"), PROSE)
def test_prose(text: str, kind: str) -> None:
    packet = redact([Source("a.txt", text.encode(), "prose")])
    assert list(packet.files[0].counts) == [kind]


def test_no_field_of_a_har_is_a_hiding_place() -> None:
    mail = "eva.klein@firma-x.de"
    odd = entry(pageref=f"page {mail}", comment=mail, connection=mail, _initiator={"url": f"https://x.test/?m={mail}"})
    odd["response"]["statusText"] = f"no {mail}"  # type: ignore[index]
    told = one(har(odd), name="a.har").decode()
    assert "firma-x" not in told
    assert json.loads(told)["log"]["entries"][0]["response"]["status"] == 200

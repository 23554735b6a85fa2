"""Stack traces: found whole, in any wrapping, and the same at other line numbers."""

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportctl.evidence.logs.traces import find

TRACES = {
    "python": (
        'Traceback (most recent call last):\n  File "/srv/app/db.py", line 10, in connect\n    sock.connect(x)\n    '
        '^^^^\n'
        "ConnectionRefusedError: [Errno 111] Connection refused\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "/srv/app/main.py", line 33, in handle\n    connect()\n'
        '  File "/usr/lib/python3.11/site-packages/x/y.py", line 3, in z\n    raise\napp.errors.DbError: no db',
        "app.errors.DbError", "no db", ["ConnectionRefusedError: [Errno 111] Connection refused"],
        "connect (/srv/app/db.py:10)", 3,
    ),
    "java": (
        "com.acme.OrderException: cannot order\n\tat com.acme.Order.place(Order.java:12)\n"
        "\tat org.springframework.web.Foo.bar(Foo.java:99)\n\tat java.base/java.lang.Thread.run(Thread.java:829)\n"
        "Caused by: java.sql.SQLException: ORA-00001: unique\n\tat com.acme.Dao.save(Dao.java:77) "
        "~[app.jar:1.2]\n\t... 23 more",
        "com.acme.OrderException", "cannot order", ["java.sql.SQLException: ORA-00001: unique"], "com.acme.Dao.save "
                                                                                                 "(Dao.java:77)", 4,
    ),
    "javascript": (
        "TypeError: Cannot read properties of undefined (reading 'id')\n    at getUser (/srv/app/src/user.js:10:15)\n"
        "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n    at async "
        "/srv/app/x.mjs:3:4",
        "TypeError", "Cannot read properties of undefined (reading 'id')", [], "getUser (/srv/app/src/user.js:10)", 3,
    ),
    "dotnet": (
        "System.InvalidOperationException: outer\n ---> System.Net.Http.HttpRequestException: inner\n"
        "   at System.Net.Http.HttpClient.Send(HttpRequestMessage request) in /_/src/x.cs:line 12\n"
        "   at Acme.Client.Get(String url, Int32 n) in C:\\src\\Acme\\Client.cs:line 42\n"
        "   --- End of inner exception stack trace ---\n   at Acme.Program.Main(String[] args) in "
        "C:\\src\\Program.cs:line 7",
        "System.InvalidOperationException", "outer", ["System.Net.Http.HttpRequestException: inner"],
        "Acme.Client.Get (C:\\src\\Acme\\Client.cs:42)", 3,
    ),
    "go": (
        "panic: boom\n\ngoroutine 1 [running]:\nmain.(*Server).handle(0xc000123456, {0x1234, "
        "0x5})\n\t/srv/app/main.go:42 +0x1d\n"
        "main.main()\n\t/srv/app/main.go:7 +0x39\nexit status 2",
        "panic", "boom", [], "main.(*Server).handle (/srv/app/main.go:42)", 2,
    ),
    "ruby": (
        "app/models/user.rb:12:in `name': undefined method `x' for nil:NilClass (NoMethodError)\n"
        "\tfrom app/controllers/u.rb:3:in `index'\n\tfrom /usr/lib/ruby/gems/rack.rb:1:in `call'",
        "NoMethodError", "undefined method `x' for nil:NilClass", [], "name (app/models/user.rb:12)", 3,
    ),
    "php": (
        "PHP Fatal error:  Uncaught App\\OrderException: no stock in /srv/app/src/Order.php:12\nStack trace:\n"
        "#0 /srv/app/src/Api.php(33): App\\Order->place('x', Array)\n#1 /srv/app/vendor/slim/App.php(5): "
        "call_user_func()\n"
        "#2 {main}\n  thrown in /srv/app/src/Order.php on line 12",
        "App\\OrderException", "no stock", [], "thrown (/srv/app/src/Order.php:12)", 3,
    ),
    "rust": (
        "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds: the len is 3\nstack backtrace:\n"
        "   0: rust_begin_unwind\n             at /rustc/abc/library/std/src/panicking.rs:645:5\n"
        "   1: app::handler::run::h0123456789abcdef\n             at ./src/handler.rs:10:9",
        "panic", "index out of bounds: the len is 3", [],
        "app::handler::run::h0123456789abcdef (./src/handler.rs:10)", 2,
    ),
}  # fmt: skip
EACH = pytest.mark.parametrize("language", sorted(TRACES))


@EACH
def test_whole_with_cause_and_own_frame(language: str) -> None:
    text, error, message, causes, top, frames = TRACES[language]
    [one] = find(f"2024-05-01 10:00:00 ERROR something failed\n{text}\n2024-05-01 10:00:01 INFO next\n")
    assert (one.language, one.error, one.message, one.causes, one.top) == (language, error, message, causes, top)
    assert len(one.frames) == frames
    assert one.line == 2
    assert one.text == text


@EACH
def test_the_fingerprint_knows_no_line_numbers(language: str) -> None:
    text = TRACES[language][0]
    moved = re.sub(r"(:|line |\()(\d+)(?=[:)\n,]|$| \+)", lambda match: f"{match[1]}{int(match[2]) + 7}", text)
    moved = moved.replace("0xc000123456", "0xc000999999").replace("h0123456789abcdef", "hfedcba9876543210")
    assert moved != text
    [one], [two] = find(text), find(moved)
    assert one.fingerprint == two.fingerprint
    [other] = find(text.replace(one.frames[1].split(" (")[0].split(".")[-1].split("::")[-1], "elsewhere"))
    assert other.fingerprint != one.fingerprint


@EACH
@pytest.mark.parametrize(
    "prefix", ["web-1  | ", "2024-05-01T10:00:00.{}Z stderr F ", "May  1 10:00:0{} host app[12]: ", "[{}] "]
)
def test_what_stands_in_front_of_every_line(language: str, prefix: str) -> None:
    text, error, message, causes, top, _ = TRACES[language]
    wrapped = "\n".join(prefix.format(number % 10) + line for number, line in enumerate(text.splitlines()))
    [one] = find(wrapped)
    assert (one.error, one.message, one.causes, one.top) == (error, message, causes, top)
    assert one.fingerprint == find(text)[0].fingerprint


@EACH
def test_inside_one_line_of_json(language: str) -> None:
    text, error, _, _, top, _ = TRACES[language]
    [one] = find(json.dumps({"level": "error", "msg": "x", "stack": text}))
    assert (one.error, one.top) == (error, top)
    assert one.fingerprint == find(text)[0].fingerprint


def test_two_behind_each_other_are_two() -> None:
    text = TRACES["java"][0]
    other = text.replace("Order.place", "Order.cancel")
    assert [one.line for one in find(f"{text}\n{other}\n{TRACES['python'][0]}")] == [1, 8, 15]


@pytest.mark.parametrize(
    "text",
    [
        "we met at the office (yesterday)\nat 10:00 we had lunch\nlook at foo.bar(baz)\nI am at home: 12",
        "wir waren bei Acme.Client (gestern)",
        "See #0 for details\nCaused by: the weather",
        "panic: at the disco".replace("panic: ", "no panic, "),
        'File "x", line 3',
        "",
    ],
)
def test_prose_is_none(text: str) -> None:
    assert find(text) == []


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from([line for trace in TRACES.values() for line in trace[0].splitlines()] + ["", "x", "  "]),
        max_size=25,
    )
)
def test_pieces_in_any_order_raise_nothing(lines: list[str]) -> None:
    places = [(one.line, one.line + one.lines) for one in find("\n".join(lines))]
    assert all(end <= begin for (_, end), (begin, _) in pairwise(places))

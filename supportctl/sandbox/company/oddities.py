"""Text as it really comes in: control codes, markup, other scripts' directions, HTML, endless quotes."""

from supportctl.sandbox.company import stories
from supportctl.sandbox.company.desk import DAY, HOUR, Desk
from supportctl.sandbox.company.faults_end import of_problem, own_people, raise_problem
from supportctl.sandbox.company.faults_fields import either
from supportctl.sandbox.company.stories import CALM

_QUOTED = "> On that day our support wrote: thank you for your message, we look into it and come back to you.\n"
_LONG = 40_000

_SUBJECTS = (
    "\x1b[31mURGENT\x1b[0m {title}",
    "[red]{title}[/red] [link=https://harborlight.example]click[/link]",
    "{title} \u202etxt.exe\u202c",
    "😱🔥 {title} 👩🏽\u200d💻🇳🇴",
    "{title}\t— line one\u2028line two",
)
_BODIES = (
    "\n\nConsole says:\n\x1b]0;owned\x07\x1b[2J\x1b[1;32mOK\x1b[0m \x1b[5mblink\x1b[0m\r\nlast line\x08\x08",
    "\n\n[bold]Please[/bold] [blink]hurry[/] [/nothing] \\[escaped] :warning: [link=file:///etc/hosts]log[/link]",
    "\n\nFile: report\u202efdp.scr\u202c, \u2066isolated\u2069, zero\u200bwidth, soft\u00adhyphen, e\u0301 and é.",
    "\n\n👍👍🏿 👨\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 ①②③ ﬁ Ω ≠ Ω, 𝒮𝓊𝓅𝓅𝑜𝓇𝓉, ﷽",
    "\n\n| a | b |\n|---|---|\n| `1` | **2** |\n\n```\n{code:java}x{code} h1. no\n```\n<b>no</b> &amp; &lt;i&gt;",
)


def odd_texts(desk: Desk) -> None:
    for n, (subject, body) in enumerate(zip(_SUBJECTS, _BODIES, strict=True)):
        draft = either(desk, n)
        draft.title = subject.replace("{title}", draft.title)
        draft.description += body
    for n in range(2):
        draft = either(desk, n)
        paragraphs = "".join(f"<p>{part}</p>" for part in draft.description.replace("&", "&amp;").split("\n\n"))
        draft.description = f'<div dir="auto">{paragraphs}<p><b>Note</b>: it is &lt;urgent&gt;.<br>—</p></div>'.strip()
    arabic = stories.in_progress(desk, language="ar", priorities=CALM)
    arabic.title = f"{arabic.title} (HT-20417 / Wi-Fi)"
    for n in range(3):
        draft = either(desk, n)
        early = draft.created + (min(m.at for m in draft.messages if m.author in desk.staff) - draft.created) / 3
        quoted = (_QUOTED * (_LONG // len(_QUOTED) + 1))[:_LONG]
        draft.say(early, draft.requester.id, f"One detail more: it also happens with the lid closed.\n\n{quoted}")


def problems(desk: Desk) -> None:
    """Problems with their incidents in step, and where the platform has them requests with their tasks."""
    for done in (True, False, False):
        if done:
            problem = stories.resolved(desk, youngest=6 * DAY, oldest=20 * DAY, **own_people(desk))
        else:
            problem = stories.in_progress(desk, age=30 * HOUR, priorities=CALM, **own_people(desk))
        raise_problem(desk, problem)
        for _ in range(3):
            make = stories.resolved if done else stories.in_progress
            of_problem(desk, make(desk, topic=problem.topic), problem)
    if desk.platform == "zendesk":
        return
    for done in (True, False):
        if done:
            whole = stories.resolved(desk, youngest=12 * DAY, oldest=30 * DAY, priorities=CALM)
        else:
            whole = stories.in_progress(desk, age=40 * HOUR, priorities=CALM)
        whole.kind = "request"
        for step in ("Order the device", "Set up and send"):
            task = (stories.resolved if done else stories.in_progress)(
                desk, topic=whole.topic, requester=whole.requester, language=whole.language, priorities=CALM,
                **({"youngest": 6 * DAY, "oldest": 11 * DAY} if done else {"age": 30 * HOUR}),
            )  # fmt: skip
            task.kind, task.parent, task.title = "task", whole, f"{step}: {whole.title}"

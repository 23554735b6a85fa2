"""One reading of one ticket: every element with where it stands."""

from collections.abc import Iterable, Sequence

from supportctl.evidence.reading import (
    asked,
    behaviour,
    cues,
    fields,
    files,
    headings,
    impact,
    reproduced,
    steps,
    surroundings,
    traces,
    when,
)
from supportctl.evidence.reading import thread as thread_of
from supportctl.evidence.reading.shapes import SURE, Element, Extract, Found, Passage, Source, State
from supportctl.evidence.reading.thread import Part, Sentence, parts
from supportctl.model import Ticket
from supportctl.text.fold import fold
from supportctl.text.language import language, leaning

_MOST_PASSAGES = 12
"""Kept of one element: the surest."""
_REPLACED = frozenset({Element.IMPACT, Element.SINCE, Element.TIMES, Element.TRACE, Element.SEVERITY})
"""What a later correction takes the place of, part by part. The environment has a rule of its own."""


def extract(ticket: Ticket, files_beside: Sequence[str] = ()) -> Extract:
    """Read a ticket with its comments, attachments and fields. Never raises on what people write.

    ``files_beside``: names of files that are handed on with it. What the ticket does not know (`Ticket.knows`) makes
    elements unknown instead of missing.
    """
    thread, cut = parts(ticket)
    asked.mark(thread)
    said = _Said()
    for element, passage in fields.find(ticket):
        said.add(element, passage)
    for part in thread:
        _sections(part, said)
    zone = any(when.names_zone(part) for part in thread)
    for part in thread:
        _words(part, zone, said)
    for passage in files.attached(ticket, files_beside):
        said.add(Element.EVIDENCE, passage)
    unknown = [name for name in ("title", "description", "comments", "attachments") if not ticket.knows(name)]
    if cut:
        unknown.append(f"texts beyond {thread_of.LONGEST:,} characters or {thread_of.MOST} comments")
    found = [_found(element, said, ticket, thread, unknown) for element in Element if element is not Element.SEVERITY]
    found.insert(list(Element).index(Element.SEVERITY), _severity(said, ticket, found))
    return Extract(
        key=ticket.key,
        title=ticket.title,
        language=_language(thread),
        found=found,
        unknown=unknown,
        instants=[moment for part in thread for moment in when.moments(part, ticket.key)],
    )


class _Said:
    """What was found so far, in the order of the thread."""

    def __init__(self) -> None:
        self.passages: dict[Element, list[tuple[Passage, bool]]] = {element: [] for element in Element}
        self.denied: dict[Element, Source] = {}
        self.notes: dict[Element, str] = {}
        self.seen: list[tuple[Passage, bool]] = []
        """What support says of reproducing it."""

    def add(self, element: Element, passage: Passage, corrects: bool = False) -> None:
        self.passages[element].append((passage, corrects))

    def deny(self, element: Element, source: Source, note: str) -> None:
        self.denied[element] = source
        self.notes[element] = note


def _sections(part: Part, said: _Said) -> None:
    for section in headings.sections(part):
        source = part.source(section.line)
        if not section.filled:
            # A form that support sends out is a question, one that comes back empty an answer.
            if part.support is not True:
                said.deny(section.element, source, "asked for by a form and left empty")
            continue
        told = [line for line in section.lines if not headings.is_nothing(line, section.element)]
        text = "\n".join(told)
        if all(cues.is_question(line) for line in told) and part.support is True:
            continue
        if len(told) == 1 and cues.is_ignorance(fold(text)) and len(text) < 120:
            said.deny(section.element, source, "they do not know")
            continue
        if section.element is Element.STEPS and len(told) == 1 and steps.denies(_one(part, text, section.line)):
            said.deny(section.element, source, "not reproducible at will, by their words")
            continue
        if (
            section.element is Element.ACTUAL
            and section.part == "error"
            and behaviour.denies_error(_one(part, text, section.line))
        ):
            said.deny(section.element, source, "no error message is shown")
            continue
        for element, passage in fields.of_label(section.element, section.part, text, source, "heading"):
            sure = passage
            if element is Element.STEPS and len(told) == 1 and len(text) < 25:
                sure = Passage(text=text, source=source, how="heading", confidence=0.5)
            said.add(element, sure, corrects=False)


def _one(part: Part, text: str, line: int) -> Sentence:
    return Sentence(text, fold(text), line, part, None, False)


def _words(part: Part, zone: bool, said: _Said) -> None:
    corrections = {each.line for each in part.sentences() if each.corrects}

    def add(element: Element, passages: Iterable[Passage]) -> None:
        for passage in passages:
            said.add(element, passage, passage.source.line in corrections)

    add(Element.STEPS, steps.find(part))
    add(Element.ENVIRONMENT, surroundings.find(part))
    add(Element.TRACE, traces.find(part))
    add(Element.EVIDENCE, files.in_text(part))
    for finder in (behaviour.find(part), impact.find(part), when.find(part, zone)):
        for element, passage in finder:
            add(element, (passage,))
    said.seen += reproduced.find(part)
    if part.answer:
        return
    for sentence in part.sentences():
        if steps.denies(sentence):
            said.denied.setdefault(Element.STEPS, sentence.source)
            said.notes.setdefault(Element.STEPS, "not reproducible at will, by their words")
        if behaviour.denies_error(sentence):
            said.denied.setdefault(Element.ACTUAL, sentence.source)
            said.notes.setdefault(Element.ACTUAL, "no error message is shown")
        if cues.is_ignorance(sentence.folded):
            for element in asked.topics(sentence.folded):
                said.denied.setdefault(element, sentence.source)
                said.notes.setdefault(element, "they do not know")


def _found(element: Element, said: _Said, ticket: Ticket, thread: Sequence[Part], unknown: Sequence[str]) -> Found:
    if element is Element.REPRODUCED:
        return _reproduced(said, ticket)
    passages = _settled(element, said.passages[element])
    state = _state(element, passages)
    note = said.notes.get(element)
    if state is State.MISSING:
        passages = []
        if (
            element is Element.EVIDENCE
            and (source := files.mentions(thread)) is not None
            and ticket.knows("attachments")
        ):
            note, said.denied[element] = "an attachment is spoken of, but none is there", source
        if _hidden(element, ticket, unknown):
            state = State.UNKNOWN
    elif state is State.INFERRED:
        note = note or _LACKING.get(element)
    else:
        note = None
    return Found(
        element=element,
        state=state,
        text=_text(passages),
        passages=passages,
        note=note,
        denied=said.denied.get(element) if state is not State.PRESENT else None,
    )


_LACKING = {
    Element.STEPS: "only in part",
    Element.ACTUAL: "no exact error",
    Element.EXPECTED: "only between the lines",
    Element.ENVIRONMENT: "no version",
    Element.IMPACT: "not how many, or what they cannot do",
    Element.TIMES: "no time zone",
    Element.TRACE: "an id, but not of what",
    Element.SINCE: "only loosely",
    Element.EVIDENCE: "a link or a line, no file",
}


def _hidden(element: Element, ticket: Ticket, unknown: Sequence[str]) -> bool:
    """Whether it may stand in a part of the ticket that could not be read."""
    if element is Element.EVIDENCE and "attachments" in unknown:
        return True
    return any(name != "attachments" for name in unknown)


def _settled(element: Element, said: list[tuple[Passage, bool]]) -> list[Passage]:
    """In the order of the thread, what was taken back left out, no more than can be read."""
    if element is Element.ENVIRONMENT:
        kept = surroundings.latest(said)
    elif element in _REPLACED:
        kept = []
        for passage, corrects in said:
            if corrects:
                kept = [
                    each for each in kept if each.part != passage.part or each.source.comment == passage.source.comment
                ]
            kept.append(passage)
    else:
        kept = [passage for passage, _ in said]
    unique: dict[tuple[str, str | None, str | None], Passage] = {}
    for passage in kept:
        name = (passage.text, passage.part, passage.name)
        if name not in unique or unique[name].confidence < passage.confidence:
            unique[name] = passage
    best = sorted(unique.values(), key=lambda each: -each.confidence)[:_MOST_PASSAGES]
    return [each for each in unique.values() if each in best]


def _state(element: Element, passages: list[Passage]) -> State:
    if not passages:
        return State.MISSING
    sure = [each for each in passages if each.confidence >= SURE]
    if element is Element.ENVIRONMENT:
        versions = any(each.version and each.part in ("product", "system", "browser") for each in sure)
        return State.PRESENT if versions else State.INFERRED
    if element is Element.IMPACT:
        return State.PRESENT if any(each.part != "workaround" for each in sure) else State.INFERRED
    if element is Element.STEPS and not sure:
        return State.INFERRED
    return State.PRESENT if sure else State.INFERRED


def _reproduced(said: _Said, ticket: Ticket) -> Found:
    """The last word of support counts."""
    element = Element.REPRODUCED
    if not said.seen:
        state = State.UNKNOWN if not ticket.knows("comments") else State.MISSING
        return Found(element=element, state=state)
    last, yes = said.seen[-1]
    if not yes:
        return Found(element=element, state=State.MISSING, note="support could not reproduce it", denied=last.source)
    seen = [passage for passage, yes in said.seen if yes][-_MOST_PASSAGES:]
    sure = any(each.confidence >= SURE for each in seen)
    return Found(element=element, state=State.PRESENT if sure else State.INFERRED, text=_text(seen), passages=seen)


def _severity(said: _Said, ticket: Ticket, found: Sequence[Found]) -> Found:
    """What somebody calls it, or its priority; with a reason only where one is given or the impact is told."""
    element = Element.SEVERITY
    passages = _settled(element, said.passages[element])
    stated = bool(passages)
    if ticket.priority is not None:
        text = f"priority {ticket.priority.value}" + (f" ({ticket.native_priority})" if ticket.native_priority else "")
        passages.append(Passage(text=text, source=Source(place="field priority"), how="field", confidence=0.4))
    if not passages:
        blind = not all(ticket.knows(name) for name in ("description", "comments", "priority"))
        state = State.UNKNOWN if blind else State.MISSING
        return Found(element=element, state=state)
    harm = next(each for each in found if each.element is Element.IMPACT)
    reasoned = any(each.how != "field" and impact.gives_reason(each.text) for each in passages)
    if (stated and reasoned) or harm.told:
        return Found(element=element, state=State.PRESENT, text=_text(passages), passages=passages)
    return Found(
        element=element, state=State.INFERRED, text=_text(passages), passages=passages, note="no reason is given"
    )


def _text(passages: Sequence[Passage]) -> str:
    """Each piece once, one below the other; of an environment only what is named."""
    return "\n".join(dict.fromkeys(_named(each) if each.version or each.name else each.text for each in passages))


def _named(passage: Passage) -> str:
    if passage.part == "id":
        return passage.text
    words = (passage.name or ("version" if passage.part == "product" else ""), passage.version or "")
    return " ".join(filter(None, words)) or passage.text


def _language(thread: Sequence[Part]) -> str | None:
    """Of what customers write; where none is known to be one, of everything."""
    texts = [_words_of(part) for part in thread if part.support is False and part.place != "title"]
    texts = [text for text in texts if text.strip()] or [_words_of(part) for part in thread]
    joined = "\n".join(texts)
    return language(joined) or leaning(joined)


def _words_of(part: Part) -> str:
    return "\n".join(line.text for line in part.lines if not line.fenced)

"""Megabytes a second of the redactor on prose, logs and HAR files, beside other tools, each a whole process.

``python benchmarks/redact.py --data DIR [--others PYTHON]`` with the folder that holds ``pii/``, ``har/``, ``logs/``;
``PYTHON`` is that of an environment in which some of presidio-analyzer, scrubadub, datafog and detect-secrets are
installed. Processor time of the process, start and imports included and told apart; best of ``--rounds``; one core.
Ours replaces, replaces again everywhere and verifies; the others only find.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_START = """
import sys, pathlib
texts = [path.read_bytes().decode("utf-8-sig", "replace") for path in map(pathlib.Path, sys.argv[1:])]
"""
OURS = """
import sys, pathlib
from supportctl.evidence.redact import Source, redact
for path in map(pathlib.Path, sys.argv[1:]):
    packet = redact([Source(path.name, path.read_bytes())])
    assert packet.clean and packet.files[0].data is not None
"""
OTHERS = {
    "scrubadub": _START
    + "import scrubadub\nscrubber = scrubadub.Scrubber()\nfor text in texts: scrubber.clean(text)\n",
    "datafog": _START
    + """
from datafog.processing.text_processing.regex_annotator import RegexAnnotator
annotator = RegexAnnotator()
for text in texts: annotator.annotate(text)
""",
    "detect-secrets": """
import sys
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings
with default_settings():
    for path in sys.argv[1:]: SecretsCollection().scan_file(path)
""",
    "presidio, patterns only": _START
    + """
from presidio_analyzer import PatternRecognizer, RecognizerRegistry
registry = RecognizerRegistry()
registry.load_predefined_recognizers(languages=["en"])
patterns = [each for each in registry.recognizers if isinstance(each, PatternRecognizer)]
for text in texts:
    for each in patterns: each.analyze(text, each.supported_entities)
""",
}
"""Programs that read the files named as arguments; a tool that is not installed fails at its import."""


def used(python: str, program: str, files: list[Path], limit: float) -> float | None:
    """Seconds of processor time; None where the tool is missing, fails or takes longer than ``limit``."""
    before = os.times()
    try:
        done = subprocess.run(
            [python, "-c", program, *map(str, files)], capture_output=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    after = os.times()
    if done.returncode:
        return None
    return after.children_user + after.children_system - before.children_user - before.children_system


def inputs(data: Path, folder: Path) -> dict[str, list[Path]]:
    texts = [each["full_text"] for path in (data / "pii").glob("*.json") for each in json.loads(path.read_text())]
    prose = folder / "prose.txt"
    prose.write_text("\n\n".join(texts * 4))
    return {
        "prose": [prose],
        "logs": sorted((data / "logs").glob("*.log")),
        "HAR": sorted((data / "har").rglob("*.har")),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--others", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--limit", type=float, default=300, metavar="SECONDS")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        files = inputs(asked.data, Path(name))
        sizes = {kind: sum(path.stat().st_size for path in paths) / 1e6 for kind, paths in files.items()}
        told = " | ".join(f"{kind} ({size:.2f} MB)" for kind, size in sizes.items())
        print(f"| MB/s | start (s) | {told} |\n|---|---|{'---|' * len(files)}")
        tools = {"supportctl": (sys.executable, OURS)} | {name: (asked.others, code) for name, code in OTHERS.items()}
        for tool, (python, code) in tools.items():
            starts = [used(python, code, [], asked.limit) for _ in range(asked.rounds)]
            start = min((each for each in starts if each is not None), default=None)
            if start is None:
                print(f"| {tool} | not installed |{' |' * len(files)}")
                continue
            cells = []
            for kind, paths in files.items():
                times = [used(python, code, paths, asked.limit) for _ in range(asked.rounds)]
                best = min((each for each in times if each is not None), default=None)
                cells.append("-" if best is None else f"{sizes[kind] / max(best - start, 0.001):.2f}")
            print(f"| {tool} | {start:.2f} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

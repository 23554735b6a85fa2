"""Options that several of the ``duplicates`` verbs have."""

from typing import Annotated

import typer

from supportctl.commands._options import APPLYING, OUTPUT

FOLDER = {"state_dir": APPLYING["state_dir"]}
ROWS = {name: option for name, option in OUTPUT.items() if name != "sort"}
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY]...", help="Which tickets; quote it for the shell.", show_default=False),
]
Window = Annotated[
    str, typer.Option("--window", metavar="DURATION", help="How much older a candidate may be, as in 365d.")
]
Source = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE", help="Suggestions: what find or clusters printed as ndjson (- is stdin)."),
]

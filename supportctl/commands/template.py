"""``supportctl template``: the texts that verbs write with ``@name``."""

from typing import Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._new import command_app
from supportctl.commands._options import Options, shared
from supportctl.exits import Exit

app = command_app("List and show the texts for messages and notes.")


@app.command("list")
@shared()
def list_(options: Options) -> int:
    """List the templates there are: the project's, your own, and those that come with supportctl.

    \b
    supportctl template list
    """
    from supportctl.changes.templates import every

    with App(options) as it:
        templates = every()
        width = max((len(each.name) for each in templates), default=0)
        for each in templates:
            it.console.line(f"{each.name:{width}}  {each.place:7}  {each.about()}".rstrip())
    return int(Exit.OK)


@app.command("show")
@shared()
def show_(options: Options, name: Annotated[str, typer.Argument(metavar="NAME", help="As in @NAME.")]) -> int:
    """Show the text of one template.

    \b
    supportctl template show resolved > templates/resolved.txt.j2     make it your own
    """
    from supportctl.changes.templates import find

    with App(options) as it:
        template = find(name.removeprefix("@"))
        it.console.write(template.read())
        it.console.note(str(template.path), "dim")
    return int(Exit.OK)

"""Where the templates that come with supportctl are."""

from pathlib import Path


def shipped() -> Path:
    """In the package, or beside it in a source tree."""
    package = Path(__file__).parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"

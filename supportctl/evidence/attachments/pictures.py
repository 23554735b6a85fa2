"""Pictures, drawn anew from their pixels: what a camera or a screenshot tool wrote beside them does not go along."""

import io
import warnings
from typing import TYPE_CHECKING, NamedTuple

from supportctl.evidence.attachments.limits import Budget, RefusedEntry, megabytes

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP", "bmp": "BMP", "tiff": "TIFF"}
"""Readers that stay in the process: others would start programs or know no limits."""
_PLAIN = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})


class Drawn(NamedTuple):
    data: bytes
    suffix: str
    notes: tuple[str, ...]


def drawn(form: str, data: bytes, budget: Budget) -> Drawn:
    """The picture again, as JPEG where it came so, else as PNG. Raises `RefusedEntry` where that cannot be done."""
    if form not in _FORMATS:
        raise RefusedEntry(f"a picture of a kind that is not drawn anew ({form})")
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError:
        raise RefusedEntry(
            "what is hidden in pictures is taken out with the extra `evidence`: pip install 'supportctl[evidence]'"
        ) from None
    broken = (
        UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, OSError, ValueError,
        SyntaxError, KeyError, IndexError, TypeError, EOFError, OverflowError, MemoryError, RuntimeError,
        ZeroDivisionError, AttributeError,
    )  # fmt: skip
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[_FORMATS[form]]) as image:
                width, height = image.size
                if width * height > budget.limits.pixels:
                    raise RefusedEntry(f"a picture of more than {budget.limits.pixels // 1_000_000} million pixels")
                several = form != "tiff" and bool(getattr(image, "is_animated", False))
                image.load()
                upright = ImageOps.exif_transpose(image) or image
                suffix = "jpg" if form == "jpeg" else "png"
                told = _written(_bare(upright), suffix)
    except broken:
        raise RefusedEntry("a damaged picture") from None
    if len(told) > budget.limits.file_bytes:
        raise RefusedEntry(f"a picture larger than {megabytes(budget.limits.file_bytes)}")
    notes = ("only the first of its pictures goes along",) if several else ()
    return Drawn(told, suffix, notes)


def _bare(image: "Image") -> "Image":
    """Pixels alone: a new picture with nothing beside them."""
    from PIL import Image

    clear = "transparency" in image.info or image.mode in ("PA", "La", "RGBa")
    if clear or image.mode not in _PLAIN:
        image = image.convert("RGBA" if clear else "RGB")
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _written(image: "Image", suffix: str) -> bytes:
    into = io.BytesIO()
    if suffix == "jpg":
        plain = image if image.mode in ("L", "RGB") else image.convert("RGB")
        plain.save(into, "JPEG", quality=92, subsampling=0)
    else:
        image.save(into, "PNG")
    return into.getvalue()

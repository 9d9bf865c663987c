"""What is on paper: the first page of a PDF as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2

if TYPE_CHECKING:
    from PIL import Image


def page_image(pdf: bytes) -> Image.Image:
    """The first page, 72 pixels an inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture: Image.Image = document[0].render(scale=1).to_pil()
    return picture

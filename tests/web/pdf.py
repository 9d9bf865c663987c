"""What is on paper: the first page of a PDF as a picture."""

from __future__ import annotations

import io

import pypdfium2


def page_image(pdf: bytes) -> bytes:
    """The first page as a PNG, 72 pixels an inch."""
    file = io.BytesIO()
    with pypdfium2.PdfDocument(pdf) as document:
        document[0].render(scale=1).to_pil().save(file, "PNG")
    return file.getvalue()

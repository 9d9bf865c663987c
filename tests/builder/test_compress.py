"""Precompressed forms."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli

from builder.cache import Cache
from builder.compress import compress_all

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"export const glow = 1;\n" * 50


def test_both_forms_give_the_file_back(tmp_path: Path) -> None:
    forms = compress_all({"a.js": TEXT}, Cache(tmp_path))["a.js"]
    assert forms.br is not None
    assert forms.gz is not None
    assert brotli.decompress(forms.br) == gzip.decompress(forms.gz) == TEXT
    assert len(forms.br) < len(forms.gz) < len(TEXT)


def test_a_form_that_is_not_smaller_is_left_out(tmp_path: Path) -> None:
    forms = compress_all({"a.js": b"1"}, Cache(tmp_path))["a.js"]
    assert (forms.br, forms.gz) == (None, None)


def test_only_types_that_compress_are_compressed(tmp_path: Path) -> None:
    assert list(compress_all({"a.png": TEXT, "a.js": TEXT}, Cache(tmp_path))) == ["a.js"]


def test_two_runs_give_the_same_bytes_without_each_others_help(tmp_path: Path) -> None:
    runs = [compress_all({"a.js": TEXT, "b.js": TEXT[::-1]}, Cache(tmp_path / name)) for name in "12"]
    assert runs[0] == runs[1]

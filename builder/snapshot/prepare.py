"""What Python does before its memory is recorded. Runs inside Pyodide, started by ``record.mjs``."""

import functools
import gc
import importlib
import linecache
import re
import sys
import zipimport


def load(modules: list[str]) -> None:
    """Import every module, so that a restored interpreter needs none of their files."""
    for name in modules:
        importlib.import_module(name)


def tidy() -> None:
    """Drop what a restored interpreter must not believe or does not need, and settle the collector."""
    re.purge()
    linecache.clearcache()
    zipimport._zip_directory_cache.clear()
    sys.path_importer_cache.clear()
    sys._clear_internal_caches()
    functools.reduce(lambda _, __: gc.collect(), range(3), 0)
    gc.freeze()

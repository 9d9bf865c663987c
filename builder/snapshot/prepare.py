"""What Python does before its memory is recorded. Runs inside Pyodide, started by ``record.mjs``."""

import gc
import importlib
import linecache
import re
import sys


def load(modules: list[str]) -> None:
    """Import every module, so that a restored interpreter needs none of their files."""
    for name in modules:
        importlib.import_module(name)


def tidy() -> None:
    """Drop what a restored interpreter must not believe or does not need, and settle the collector."""
    re.purge()
    linecache.clearcache()
    importlib.invalidate_caches()
    sys.path_importer_cache.clear()
    for _ in range(3):
        gc.collect()
    gc.freeze()

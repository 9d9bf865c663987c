"""The NumPy wheel for the pinned Pyodide: got from where it can be had, then made small for the page."""

from builder.numpy_wasm.provide import NumpyWheel, provide
from builder.numpy_wasm.slim import SlimReport, slim

__all__ = ["NumpyWheel", "SlimReport", "provide", "slim"]

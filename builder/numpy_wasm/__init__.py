"""The NumPy wheel for the pinned Pyodide: got from where it can be had, then made small for the page."""

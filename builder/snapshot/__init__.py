"""A memory snapshot of Pyodide with NumPy and Candlefish imported: recorded, packed, checked, shipped."""

"""NumPy for Pyodide from its source distribution: everything here decides what the built wheel is.

Needs of the machine only Debian's package archive (for the compiler and headers) and a Python package
index (for NumPy's sources, Cython and ninja). No part of NumPy is changed; what it builds are the two
extension modules that ``import numpy`` loads, without those of ``numpy.random`` and ``numpy.fft``.
"""

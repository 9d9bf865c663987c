"""Candlefish: a bioluminescent fish that lives in a web page, written in Python."""

__version__ = "0.2.0"

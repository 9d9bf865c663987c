"""Experiments: definitions, assignment of variants, and analysis (`analysis`, `effects`, `report`).

Definitions and assignment need only the standard library, as the browser runs them too.
"""

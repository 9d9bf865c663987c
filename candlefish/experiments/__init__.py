"""Experiments: definitions (`definition`), who gets what (`assignment`), what came of it (`analysis`).

Definitions and assignment need only the standard library, as the browser runs them too.
"""

"""Experiments: definitions, assignment of variants, and analysis (`analysis`, `report_page`).

Definitions and assignment need only the standard library, as the browser runs them too.
"""

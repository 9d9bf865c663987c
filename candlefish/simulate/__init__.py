"""Simulated visits: personas as data, the visitor that plays one, the simulation and its record."""

"""Simulated visitors: who they are (`persona`), what they do (`visitor`), what becomes of it (`run`)."""

"""What holds for every test."""

from hypothesis import settings

# Machines that run tests are slow and busy: how long one example takes says nothing.
settings.register_profile("candlefish", deadline=None, print_blob=True)
settings.load_profile("candlefish")

"""The element in real browsers."""

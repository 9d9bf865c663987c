"""The one error a build step raises when it cannot go on."""


class BuildError(Exception):
    """Says what is wrong, where, and what to do about it; shown without a traceback."""

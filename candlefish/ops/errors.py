"""What can go wrong for people to mend."""


class OpsError(Exception):
    """A command cannot go on; the message says why and, where there is one, the way out."""


class Broken(OpsError):  # noqa: N818 - a finding about a release
    """A release is not fit for visitors: it is taken back, or never shown."""

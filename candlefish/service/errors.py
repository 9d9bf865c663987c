"""Base of the errors that end a command of the service with a message."""


class ServiceError(Exception):
    """The service cannot do what it was asked for; the message says why."""

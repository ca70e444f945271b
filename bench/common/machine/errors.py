"""Why there is no figure. Both reach the tables as they are."""


class Unavailable(Exception):
    """The whole contender cannot be had on this machine."""


class Unsupported(Exception):
    """The contender cannot do this load."""


class Failed(Exception):
    """A command or a server did not do what it should; the message ends with its last output."""

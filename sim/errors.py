"""What goes wrong for reasons a user can mend; the command line prints these as text, never as a traceback."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as of a shell."""
CLOSED = 141
"""Exit code where nobody reads the output any more, such as that of `head`, as of a shell."""


class SimError(Exception):
    """Base of all errors that a user can mend."""


class DealError(SimError):
    """A document cannot be read or does not say what it must."""


class PlanError(SimError):
    """A resolved document asks for more than the engine takes."""


class EngineError(SimError):
    """A replicate could not be carried to its end."""


class ResultsError(SimError):
    """A results folder cannot be read, written or continued."""


class GoalError(SimError):
    """What a search is to look for cannot be read."""

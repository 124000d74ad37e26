"""The one error that is the user's to mend."""


class UserError(Exception):
    """Something the user can mend. The message is one line: what was wrong, with what, what to do."""

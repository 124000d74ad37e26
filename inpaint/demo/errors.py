"""What visitors are told, and the status that it is sent with."""

from inpaint.errors import UserError


class Refusal(UserError):
    """A request that cannot be answered."""

    status = 400


class Gone(Refusal):
    """A photo that was removed, or never was there."""

    status = 404

    def __init__(self):
        super().__init__("the photo was removed from the server after a while without use: drop it again")


class TooLarge(Refusal):
    """More bytes or pixels than the page takes."""

    status = 413


class Busy(Refusal):
    """Too many visitors are waiting."""

    status = 503

    def __init__(self, told):
        super().__init__(f"{told}: try again in a few minutes")


class TooSlow(Refusal):
    """A body that does not come."""

    status = 408

    def __init__(self):
        super().__init__("the file took too long to arrive: try again")

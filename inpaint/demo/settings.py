"""How the page is served."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class Settings:
    """How the page is served.

    Attributes:
        folder: an empty folder for visitors' files.
        max_pixels: maximum number of pixels of a photo.
        max_upload_mb: maximum size of an upload, in megabytes.
        keep_minutes: how long visitors' files are kept after their last use.
        size, detail: what fills begin with: `fill_size` and `detail` of an `Inpainter`.
        hosts: names of this server besides this machine's.
        most_waiting: how many visitors may wait for a fill.
    """

    folder: pathlib.Path
    max_pixels: int = 1 << 24
    max_upload_mb: int = 64
    keep_minutes: float = 60
    size: str | int = "auto"
    detail: str = "residual"
    hosts: tuple = ()
    most_waiting: int = 64

    @property
    def sizes(self):
        """The sizes that visitors may choose, by name."""
        return {str(size): size for size in (self.size, "auto", "whole")}

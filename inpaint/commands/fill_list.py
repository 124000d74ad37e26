"""Fill many images: --flist list.txt, with `image mask output` on each line."""

import dataclasses
import sys

from inpaint.checkpoints.config import resolve
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.errors import UserError
from inpaint.inference.fill_list import Failures, fill_list, read_jobs
from inpaint.options.filling import InpainterOptions, JobOptions, RuntimeOptions, ScaleOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(InpainterOptions, ScaleOptions, RuntimeOptions, JobOptions):
    flist: str | None = option(None, "File list, with `image mask output` on each line.", required=True)
    image_height: int = option(0, "Resize all inputs to this height; 0: keep sizes.", least=0)
    image_width: int = option(0, "Resize all inputs to this width; 0: keep sizes.", least=0)
    batch_size: int = option(8, "Maximum number of images filled at once, all of the same size.", least=1)

    def check(self):
        super().check()
        if bool(self.image_height) != bool(self.image_width):
            raise UserError("give both --image_height and --image_width, or neither")
        if self.image_height * self.image_width > self.max_pixels:
            raise UserError(f"--image_height x --image_width exceeds --max_pixels={self.max_pixels}")


def main(options):
    size = (options.image_height, options.image_width) if options.image_height else None
    config = resolve(options.checkpoint_dir, **options.requested())
    failures = Failures(warn)
    jobs = read_jobs(options.flist, config.guided, failures, **options.for_jobs())
    inpainter = make_inpainter(options, config, runtime=options.runtime)
    with ProgressBar("images", len(jobs)) as bar:
        fill_list(inpainter, jobs, options.batch_size, failures, size, options.max_pixels, warn, bar.update)
    print(failures.summary(jobs))
    if failures.lines:
        sys.exit(1)

"""The options of a recipe from outside: DeepFillv2's, and the weight of one more loss."""

import dataclasses

from inpaint.options.option import option
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options


@dataclasses.dataclass(frozen=True)
class ContrastOptions(DeepFillV2Options):
    """It has no name here, without which it is no `--recipe`: other tests in this process are without it."""

    contrast_alpha: float = option(0.0, "Weight of the difference of standard deviations.", least=0)

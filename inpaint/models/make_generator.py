"""Making a generator of any kind."""

from inpaint.models.architecture import architecture_of
from inpaint.models.generator import Generator
from inpaint.models.unet import PConvUNet


def make_generator(guided=False, padding="same", network="gated", **options):
    """A new generator.

    Args:
        guided: Whether it takes a sketch.
        padding: padding of its convolutions, `"same"`, `"symmetric"` or `"reflect"`.
        network: its kind, one of `NETWORKS`.
        options: further arguments of the model, such as `dtype`.

    Returns:
        A `PConvUNet` for `"pconv_unet"`, else a `Generator`.

    Raises:
        ValueError: there is no such network, or it cannot be guided or padded so.
    """
    one_stage = architecture_of(network, guided, padding).stages == 1
    return (PConvUNet if one_stage else Generator)(guided, padding, network, **options)

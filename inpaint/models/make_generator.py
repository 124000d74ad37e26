"""Making a generator of any kind."""

import pkgutil

from inpaint.models.architecture import architecture_of


def make_generator(guided=False, padding="same", network="gated", **options):
    """A new generator.

    Args:
        guided: Whether it takes a sketch.
        padding: padding of its convolutions, `"same"`, `"symmetric"`, `"reflect"` or `"centred"`.
        network: its kind, one of `NETWORKS`.
        options: further arguments of the model, such as `dtype`.

    Returns:
        A `PConvUNet` for `"pconv_unet"`, else a `Generator`.

    Raises:
        ValueError: there is no such network, or it cannot be guided or padded so.
    """
    kind = pkgutil.resolve_name(architecture_of(network, guided, padding).model)
    return kind(guided, padding, network, **options)

"""The networks as data: tables of layers, and what tells the kinds of network apart. Needs no TensorFlow.

One structure serves all but the U-Net: a coarse network, and a refinement network of two branches (Yu et
al., ICCV 2019, section 3.3 and figure 3; the same in DeepFill v1, CVPR 2018).
"""

import dataclasses

from inpaint.errors import UserError

PADDINGS = ("same", "symmetric", "reflect", "centred")

# Each row: layer name (as in the originals' checkpoints), number of channels in multiples of the width, and
# what differs from a 3x3 convolution with ELU. Layers named "..._upsample" first enlarge their input.
COARSE = (
    ("conv1", 1, {"kernel_size": 5}),
    ("conv2_downsample", 2, {"strides": 2}),
    ("conv3", 2, {}),
    ("conv4_downsample", 4, {"strides": 2}),
    ("conv5", 4, {}),
    ("conv6", 4, {}),
    ("conv7_atrous", 4, {"dilation_rate": 2}),
    ("conv8_atrous", 4, {"dilation_rate": 4}),
    ("conv9_atrous", 4, {"dilation_rate": 8}),
    ("conv10_atrous", 4, {"dilation_rate": 16}),
    ("conv11", 4, {}),
    ("conv12", 4, {}),
    ("conv13_upsample", 2, {}),
    ("conv14", 2, {}),
    ("conv15_upsample", 1, {}),
    ("conv16", 0.5, {}),
)
CONVOLUTION_BRANCH = (
    ("xconv1", 1, {"kernel_size": 5}),
    ("xconv2_downsample", 1, {"strides": 2}),
    ("xconv3", 2, {}),
    ("xconv4_downsample", 2, {"strides": 2}),
    ("xconv5", 4, {}),
    ("xconv6", 4, {}),
    ("xconv7_atrous", 4, {"dilation_rate": 2}),
    ("xconv8_atrous", 4, {"dilation_rate": 4}),
    ("xconv9_atrous", 4, {"dilation_rate": 8}),
    ("xconv10_atrous", 4, {"dilation_rate": 16}),
)
ATTENTION_ENCODER = (
    ("pmconv1", 1, {"kernel_size": 5}),
    ("pmconv2_downsample", 1, {"strides": 2}),
    ("pmconv3", 2, {}),
    ("pmconv4_downsample", 4, {"strides": 2}),
    ("pmconv5", 4, {}),
    ("pmconv6", 4, {"activation": "relu"}),
)
ATTENTION_DECODER = (("pmconv9", 4, {}), ("pmconv10", 4, {}))
DECODER = (
    ("allconv11", 4, {}),
    ("allconv12", 4, {}),
    ("allconv13_upsample", 2, {}),
    ("allconv14", 2, {}),
    ("allconv15_upsample", 1, {}),
    ("allconv16", 0.5, {}),
)
CELL = 8  # pixels a position of the attention, in both directions
TABLES = (COARSE, CONVOLUTION_BRANCH, ATTENTION_ENCODER, ATTENTION_DECODER, DECODER)

LAYERS = tuple(name for table in TABLES for name, _, _ in table)
# Layers that `look_inside` shows by default, from the first, which sees the hole's edge, to the last, which
# draws the result.
SHOWN_LAYERS = (
    "conv1",
    "conv4_downsample",
    "conv8_atrous",
    "xconv3",
    "pmconv5",
    "allconv13_upsample",
    "allconv16",
)

UNET_LAYERS = (*(f"enc_{level}" for level in range(1, 9)), *(f"dec_{level}" for level in range(8, 0, -1)))
SHOWN_UNET_LAYERS = ("enc_1", "enc_2", "enc_3", "enc_4", "dec_5", "dec_3", "dec_1")

# Minimum height and width by padding: the dilated convolutions mirror up to 16 positions of a feature map
# at 1/4 of the resolution, and "reflect" excludes the border.
LEAST_SIZE = {"same": 8, "symmetric": 64, "reflect": 72, "centred": 8}


@dataclasses.dataclass(frozen=True)
class Architecture:
    """What tells a kind of network apart.

    Attributes:
        convolution: `"gated"`, `"plain"` or `"partial"`.
        width: channels of the convolutions that a table gives a 1; features and gates together.
        refined_input: channels of the refinement network's input: 3, the coarsely filled image, or 5, with
            ones and the mask.
        limit: what keeps the results in [-1, 1], `"tanh"` or `"clip"`; `"none"` where nothing does.
        paddings: those that its convolutions can have.
        can_be_guided: whether it can take a sketch.
        stages: how many results a pass has: 2, the coarse network's and the refinement network's, or 1.
        has_attention: whether it has contextual attention, which residual detail needs, too.
        has_batch_norm: whether it normalises batches, and so has statistics that can be frozen.
        in_original: whether the original TF1 code can restore its weights.
        layers: names of the layers that `look_inside` can show, in their order.
        shown_layers: those that it shows by default.
        multiple: its images' sides are multiples of this.
        scope: what the names of its weights begin with.
        model: the class that builds it, as `pkgutil.resolve_name` understands it.
    """

    convolution: str
    width: int
    refined_input: int = 3
    limit: str = "tanh"
    paddings: tuple = PADDINGS
    can_be_guided: bool = True
    stages: int = 2
    has_attention: bool = True
    has_batch_norm: bool = False
    in_original: bool = True
    layers: tuple = LAYERS
    shown_layers: tuple = SHOWN_LAYERS
    multiple: int = 8
    scope: str = "inpaint_net"
    model: str = "inpaint.models.generator:Generator"

    @property
    def gated_layers(self):
        """Names of the layers that have gates."""
        return self.layers if self.convolution == "gated" else ()

    def check_layers(self, names):
        """Raise UserError unless all names are in `layers`."""
        for name in names:
            if name not in self.layers:
                raise UserError(f"no layer is called {name!r}: choose from {', '.join(self.layers)}")


NETWORKS = {
    "gated": Architecture("gated", 48),
    "plain": Architecture("plain", 24),
    # Sketches lie in the hole, where a partial convolution sees nothing.
    "partial": Architecture("partial", 24, paddings=("same",), can_be_guided=False),
    "deepfill_v1": Architecture("plain", 32, refined_input=5, limit="clip", can_be_guided=False),
    # Liu et al., ECCV 2018: of 8 levels, and not made of the tables above.
    "pconv_unet": Architecture(
        "partial",
        64,
        limit="none",
        paddings=("same",),
        can_be_guided=False,
        stages=1,
        has_attention=False,
        has_batch_norm=True,
        in_original=False,
        layers=UNET_LAYERS,
        shown_layers=SHOWN_UNET_LAYERS,
        multiple=256,
        scope="unet",
        model="inpaint.models.unet:PConvUNet",
    ),
}


def architecture_of(network, guided, padding):
    """The `Architecture` of a network by name; ValueError if there is none, or it cannot be made so."""
    if network not in NETWORKS:
        raise ValueError(f"network must be one of {', '.join(NETWORKS)}, received {network!r}")
    architecture = NETWORKS[network]
    if guided and not architecture.can_be_guided:
        raise ValueError(f"network {network} cannot be guided: leave out guided, or take network gated")
    if padding.lower() not in architecture.paddings:
        raise ValueError(
            f"padding of network {network} must be {' or '.join(architecture.paddings)}, received {padding}"
        )
    return architecture


def part_count(windows, bands=1, detail=False):
    """How many parts `AroundHole` reports: a layer in a window or in a band of the image.

    Args:
        windows: number of windows.
        bands: number of bands, for layers that run everywhere.
        detail: Whether a filled working copy is encoded once more, for residuals in each window.
    """
    everywhere = len(ATTENTION_ENCODER)
    in_windows = sum(map(len, TABLES)) - everywhere + 3  # both output layers, and the attention
    return everywhere * bands * (1 + detail) + windows * (in_windows + detail)

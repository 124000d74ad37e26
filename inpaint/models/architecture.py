"""The generator's layers as tables (Yu et al., ICCV 2019, section 3.3 and figure 3). Needs no TensorFlow."""

from inpaint.errors import UserError

# Each row: layer name (as in the original's checkpoints), number of channels of its convolution, and
# what differs from a 3x3 gated convolution. Layers named "..._upsample" are GatedDeconvs.
COARSE = (
    ("conv1", 48, {"kernel_size": 5}),
    ("conv2_downsample", 96, {"strides": 2}),
    ("conv3", 96, {}),
    ("conv4_downsample", 192, {"strides": 2}),
    ("conv5", 192, {}),
    ("conv6", 192, {}),
    ("conv7_atrous", 192, {"dilation_rate": 2}),
    ("conv8_atrous", 192, {"dilation_rate": 4}),
    ("conv9_atrous", 192, {"dilation_rate": 8}),
    ("conv10_atrous", 192, {"dilation_rate": 16}),
    ("conv11", 192, {}),
    ("conv12", 192, {}),
    ("conv13_upsample", 96, {}),
    ("conv14", 96, {}),
    ("conv15_upsample", 48, {}),
    ("conv16", 24, {}),
)
CONVOLUTION_BRANCH = (
    ("xconv1", 48, {"kernel_size": 5}),
    ("xconv2_downsample", 48, {"strides": 2}),
    ("xconv3", 96, {}),
    ("xconv4_downsample", 96, {"strides": 2}),
    ("xconv5", 192, {}),
    ("xconv6", 192, {}),
    ("xconv7_atrous", 192, {"dilation_rate": 2}),
    ("xconv8_atrous", 192, {"dilation_rate": 4}),
    ("xconv9_atrous", 192, {"dilation_rate": 8}),
    ("xconv10_atrous", 192, {"dilation_rate": 16}),
)
ATTENTION_ENCODER = (
    ("pmconv1", 48, {"kernel_size": 5}),
    ("pmconv2_downsample", 48, {"strides": 2}),
    ("pmconv3", 96, {}),
    ("pmconv4_downsample", 192, {"strides": 2}),
    ("pmconv5", 192, {}),
    ("pmconv6", 192, {"activation": "relu"}),
)
ATTENTION_DECODER = (("pmconv9", 192, {}), ("pmconv10", 192, {}))
DECODER = (
    ("allconv11", 192, {}),
    ("allconv12", 192, {}),
    ("allconv13_upsample", 96, {}),
    ("allconv14", 96, {}),
    ("allconv15_upsample", 48, {}),
    ("allconv16", 24, {}),
)
CELL = 8  # pixels a position of the attention, in both directions
TABLES = (COARSE, CONVOLUTION_BRANCH, ATTENTION_ENCODER, ATTENTION_DECODER, DECODER)

GATED = tuple(name for table in TABLES for name, _, _ in table)
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

# Minimum height and width by padding: the dilated convolutions mirror up to 16 positions of a feature map
# at 1/4 of the resolution, and "reflect" excludes the border.
LEAST_SIZE = {"same": 8, "symmetric": 64, "reflect": 72}


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


def check_layers(names):
    """Raise UserError unless all names are those of gated convolutions."""
    for name in names:
        if name not in GATED:
            raise UserError(f"no gated layer is called {name!r}: choose from {', '.join(GATED)}")

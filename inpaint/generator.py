"""The two-stage inpainting network (Yu et al., ICCV 2019, section 3.3 and figure 3)."""

import tensorflow as tf

from ops import ContextualAttention, GatedConv, GatedDeconv, PaddedConv, resize_nearest

# A layer's name (which is its name in the original's checkpoints), the channels its convolution
# makes, and what differs from a 3x3 gated convolution. A name with "upsample" is a GatedDeconv.
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
TABLES = (COARSE, CONVOLUTION_BRANCH, ATTENTION_ENCODER, ATTENTION_DECODER, DECODER)


# The dilated convolutions mirror up to 16 pixels of a map at 1/4; "reflect" leaves out the border.
LEAST_SIZE = {"same": 8, "symmetric": 64, "reflect": 72}


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class Generator(tf.keras.Model):
    """A coarse and a refinement network; the second fills again what the first has guessed.

    Built when constructed: `count_params()` is 4,052,478, or 4,053,678 when guided.

    Args:
        guided: whether a sketch is a further input.
        padding: borders of every convolution, `"same"`, `"symmetric"` or `"reflect"`.

    Call arguments:
        incomplete: [N, H, W, 3] in [-1, 1], **BGR**, zero in the hole; H and W multiples of 8, at
            least `LEAST_SIZE` of the padding.
        mask: [N or 1, H, W, 1], 1 in the hole and 0 elsewhere.
        sketch: [N, H, W, 1], 1 on lines inside the hole; needed if guided, refused otherwise.

    Returns:
        coarse: [N, H, W, 3] float32 in [-1, 1], BGR, the first network's whole picture.
        refined: the same, of the second network.
        offsets: [N, H / 8, W / 8, 2] int32, where the attention looked (`flow_picture` draws it).

    Raises:
        ValueError: a sketch missing or unwanted, or an unknown padding.
        tf.errors.InvalidArgumentError: H or W no multiple of 8.
    """

    def __init__(self, guided=False, padding="same", **kwargs):
        # Inputs are cast by the layers: the pictures pasted together below stay float32.
        super().__init__(autocast=False, **kwargs)
        self.guided = guided
        self.padding = padding.lower()
        self._add_gated(COARSE, 6 if guided else 5)
        self._add_output("conv17", 12)
        convolved = self._add_gated(CONVOLUTION_BRANCH, 3)
        encoded = self._add_gated(ATTENTION_ENCODER, 3)
        self.contextual_attention = ContextualAttention(dtype=self.dtype_policy)
        attended = self._add_gated(ATTENTION_DECODER, encoded)
        self._add_gated(DECODER, convolved + attended)
        self._add_output("allconv17", 12)
        self.built = True

    def _add(self, layer, channels):
        # As an attribute: checkpoints of Keras 3 forget layers that are kept in lists.
        setattr(self, layer.name, layer)
        layer.build((None, None, None, channels))
        return layer.output_channels

    def _add_gated(self, table, channels):
        """Make a table's layers, built for `channels` inputs; return the last one's channels."""
        for name, filters, options in table:
            kind = GatedDeconv if name.endswith("upsample") else GatedConv
            options = {"kernel_size": 3, "padding": self.padding, **options}
            layer = kind(filters, name=name, dtype=self.dtype_policy, **options)
            channels = self._add(layer, channels)
        return channels

    def _add_output(self, name, channels):
        self._add(PaddedConv(3, 3, padding=self.padding, name=name, dtype=self.dtype_policy), channels)

    def made_of(self, table):
        """The layers of a table, in order."""
        return [getattr(self, name) for name, _, _ in table]

    def _run(self, table, x, see=None):
        for layer in self.made_of(table):
            if see:
                see(layer, x)
            x = layer(x)
        return x

    def coarse_input(self, incomplete, mask, sketch=None):
        """What the first network sees: [N, H, W, 5], or 6 channels if guided. Arguments as in the call."""
        if self.guided and sketch is None:
            raise ValueError("a guided generator needs a sketch")
        if not self.guided and sketch is not None:
            raise ValueError("this generator is not guided: it takes no sketch")
        tf.debugging.assert_equal(tf.shape(incomplete)[1:3] % 8, 0, "height and width must be multiples of 8")
        inputs = [incomplete, tf.ones_like(mask), mask]
        if self.guided:
            inputs.insert(1, tf.cast(sketch, tf.float32))
        return tf.concat(inputs, axis=-1)

    def attend(self, filled, mask, window=None, see=None):
        """The attention: ([N, H, W, 3], [N, H, W, 1]) -> ([N, H/4, W/4, 96], offsets).

        `window` is the attention's; without it everything is computed. `see` as in `forward`.
        """
        x = self._run(ATTENTION_ENCODER, filled, see)  # [N, H/4, W/4, 96]
        # The mask is brought down in two steps, here to 1/4 and in the attention to 1/8: one step
        # would read other pixels.
        mask = resize_nearest(mask, tf.shape(filled)[1:3] // 4)
        return self.contextual_attention(x, x, mask, window=window)

    def call(self, incomplete, mask, sketch=None):
        return self.forward(incomplete, mask, sketch)

    def forward(self, incomplete, mask, sketch=None, see=None):
        """The call, watched: `see(layer, x)` is told every gated convolution and its input."""
        incomplete = tf.cast(incomplete, tf.float32)
        one_channel = tf.concat([tf.shape(incomplete)[:3], [1]], axis=0)
        mask = tf.broadcast_to(tf.cast(mask, tf.float32), one_channel)

        x = self._run(COARSE, self.coarse_input(incomplete, mask, sketch), see)  # [N, H, W, 12]
        coarse = tf.tanh(tf.cast(self.conv17(x), tf.float32))

        filled = coarse * mask + incomplete * (1 - mask)  # [N, H, W, 3]
        convolved = self._run(CONVOLUTION_BRANCH, filled, see)  # [N, H/4, W/4, 96]
        x, offsets = self.attend(filled, mask, see=see)
        attended = self._run(ATTENTION_DECODER, x, see)  # [N, H/4, W/4, 96]
        x = self._run(DECODER, tf.concat([convolved, attended], axis=-1), see)  # [N, H, W, 12]
        refined = tf.tanh(tf.cast(self.allconv17(x), tf.float32))
        return coarse, refined, offsets

    def named_weights(self):
        """The weights by the names they have in the original's checkpoints: dict of Keras weights."""
        named = {}
        for table in TABLES:
            for name, _, _ in table:
                scope = f"{name}/{name}_conv" if name.endswith("upsample") else name
                named.update(_scoped(scope, getattr(self, name)))
        return {**named, **_scoped("conv17", self.conv17), **_scoped("allconv17", self.allconv17)}

    def get_config(self):
        # Keras 2 leaves the policy out of a model's config.
        policy = {"name": self.name, "dtype": self.dtype_policy.name}
        return {**policy, "guided": self.guided, "padding": self.padding}


def _scoped(scope, layer):
    return {
        f"inpaint_net/{scope}/kernel": layer.kernel,
        f"inpaint_net/{scope}/bias": layer.bias,
    }


def complete(refined, incomplete, mask):
    """Paste the result into the hole: `refined * mask + incomplete * (1 - mask)`, all [N, H, W, C]."""
    return refined * mask + incomplete * (1 - mask)

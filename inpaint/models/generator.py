"""The two-stage inpainting network (Yu et al., ICCV 2019, section 3.3 and figure 3)."""

import tensorflow as tf

from inpaint.models.architecture import (
    ATTENTION_DECODER,
    ATTENTION_ENCODER,
    COARSE,
    CONVOLUTION_BRANCH,
    DECODER,
    TABLES,
    architecture_of,
    part_count,
)
from inpaint.models.passes import Everywhere
from inpaint.ops import (
    ContextualAttention,
    GatedConv,
    GatedUpsamplingConv,
    PackedPartialConv,
    PackedPartialUpsamplingConv,
    PaddedConv,
    UpsamplingConv,
    resize_nearest,
)

_LAYERS = {  # convolution, and convolution of an enlarged map
    "gated": (GatedConv, GatedUpsamplingConv),
    "plain": (PaddedConv, UpsamplingConv),
    "partial": (PackedPartialConv, PackedPartialUpsamplingConv),
}


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class Generator(tf.keras.Model):
    """A coarse network, and a refinement network that fills the coarse result's hole again.

    Built in the constructor: `count_params()` is 4,052,478, or 4,053,678 when guided.

    Args:
        guided: Whether the network takes a sketch as an additional input.
        padding: padding of all convolutions, `"same"`, `"symmetric"` or `"reflect"`.
        network: its kind, one of `NETWORKS`. `"gated"` is DeepFillv2; `"plain"` and `"partial"` are the same
            without gates, half as wide, with plain convolutions (2,026,566 parameters) and partial ones;
            `"deepfill_v1"` is the network of Yu et al., CVPR 2018 (3,601,542 parameters).

    Call arguments:
        incomplete: [N, H, W, 3] in [-1, 1], **BGR**, zero in the hole; H and W are multiples of 8
            and at least `LEAST_SIZE[padding]`.
        mask: [N or 1, H, W, 1], 1 in the hole and 0 elsewhere.
        sketch: [N, H, W, 1], 1 on lines inside the hole; required if guided, not allowed otherwise.
        training: Whether gated convolutions compute in the way that suits training, see `GatedConv`; the
            results are the same. A `PConvUNet` normalises by it.

    Returns:
        coarse: [N, H, W, 3] float32 in [-1, 1], BGR, the entire output of the coarse network.
        refined: the same for the refinement network.
        offsets: [N, H / 8, W / 8, 2] int32, offsets of the best matches in the attention
            (`flow_image` draws them).

    Raises:
        ValueError: if a sketch is missing or not allowed, the padding or network is unknown, or the network
            cannot be guided or padded so.
        tf.errors.InvalidArgumentError: if H or W is not a multiple of 8.
    """

    def __init__(self, guided=False, padding="same", network="gated", **kwargs):
        # The layers cast their inputs, so that the images combined below stay float32.
        super().__init__(autocast=False, **kwargs)
        self.guided = guided
        self.padding = padding.lower()
        self.network = network
        self.architecture = architecture_of(network, guided, padding)
        if self.architecture.stages != 2:
            raise ValueError(f"a Generator has two stages, {network} has one: use make_generator")
        coarse = self._add_table(COARSE, 6 if guided else 5)
        self._add_output("conv17", coarse)
        convolved = self._add_table(CONVOLUTION_BRANCH, self.architecture.refined_input)
        encoded = self._add_table(ATTENTION_ENCODER, self.architecture.refined_input)
        self.contextual_attention = ContextualAttention(dtype=self.dtype_policy)
        attended = self._add_table(ATTENTION_DECODER, encoded)
        decoded = self._add_table(DECODER, convolved + attended)
        self._add_output("allconv17", decoded)
        self.built = True

    def _add(self, layer, channels):
        # An attribute, because Keras 3 does not save layers kept in lists.
        setattr(self, layer.name, layer)
        layer.build((None, None, None, channels))
        return layer.output_channels

    def _add_table(self, table, channels):
        """Create and build a table's layers for `channels` inputs; return the number of output channels."""
        convolution, upsampling = _LAYERS[self.architecture.convolution]
        for name, share, options in table:
            layer_class = upsampling if name.endswith("upsample") else convolution
            options = {"kernel_size": 3, "padding": self.padding, "activation": "elu", **options}
            if self.architecture.convolution == "partial":
                # The coarse network's layers hand the mask on. The refinement network's know everything: the
                # coarse result has filled the hole.
                options["return_mask"] = table is COARSE and name != COARSE[-1][0]
            filters = int(share * self.architecture.width)
            layer = layer_class(filters, name=name, dtype=self.dtype_policy, **options)
            channels = self._add(layer, channels)
        return channels

    def _add_output(self, name, channels):
        self._add(PaddedConv(3, 3, padding=self.padding, name=name, dtype=self.dtype_policy), channels)

    def made_of(self, table):
        """Return the layers of a table, in order."""
        return [getattr(self, name) for name, _, _ in table]

    def scale_features(self, gain=2.45):
        """Multiply the features' kernels of all gated convolutions by a number, in a new generator.

        Gates begin by letting half through, and the original's initial kernels shrink the features as well:
        after the 17 layers of the coarse network a ten-millionth of it is left. With a gain of about 2.45
        the signal keeps its size, and a new network learns faster from the beginning.

        Args:
            gain: the number.

        Raises:
            ValueError: the network has no gates.
        """
        if self.architecture.convolution != "gated":
            raise ValueError(f"scale_features is for gated convolutions, the network is {self.network}")
        for table in TABLES:
            for layer in self.made_of(table):
                layer.scale_features(gain)

    def coarse_input(self, incomplete, mask, sketch=None):
        """Return the coarse network's input from the arguments of `call`.

        It is [N, H, W, 5], or has 6 channels if guided. For partial convolutions another one follows, 1 where
        the image is known.
        """
        if self.guided and sketch is None:
            raise ValueError("a guided generator needs a sketch")
        if not self.guided and sketch is not None:
            raise ValueError("this generator is not guided: it takes no sketch")
        tf.debugging.assert_equal(tf.shape(incomplete)[1:3] % 8, 0, "height and width must be multiples of 8")
        inputs = [incomplete, tf.ones_like(mask), mask]
        if self.guided:
            inputs.insert(1, tf.cast(sketch, tf.float32))
        if self.architecture.convolution == "partial":
            inputs.append(1 - mask)
        return tf.concat(inputs, axis=-1)

    def refinement_input(self, filled, mask):
        """Return the refinement network's input from a filled image and its mask, [N, H, W, 3 or 5]."""
        if self.architecture.refined_input == 3:
            return filled
        return tf.concat([filled, tf.ones_like(mask), mask], axis=-1)

    def call(self, incomplete, mask, sketch=None, training=False):
        return self.forward(incomplete, mask, sketch)  # Keras hands `training` on to the layers

    def forward(self, incomplete, mask, sketch=None, way=None):
        """Compute the network, everywhere or only around the hole.

        Args:
            incomplete, mask, sketch: as in `call`.
            way: what to compute, an instance of a class in `inpaint.models.passes`. Default: `Everywhere()`.

        Returns:
            (coarse, refined, offsets) as from `call`, the first two as feature maps of `way`.
        """
        way = way or Everywhere()
        incomplete = tf.cast(incomplete, tf.float32)
        one_channel = tf.concat([tf.shape(incomplete)[:3], [1]], axis=0)
        mask = tf.broadcast_to(tf.cast(mask, tf.float32), one_channel)
        hole, quarter = way.hole(mask), tf.shape(mask)[1:3] // 4

        x = way.start(self.coarse_input(incomplete, mask, sketch))  # [N, H, W, 5]
        x = way.run([*self.made_of(COARSE), self.conv17], x, hole)
        coarse = way.apply(self._colours, x)  # [N, H, W, 3]
        filled = self.refinement_input(complete(way.whole(coarse), incomplete, mask), mask)

        # Backwards from the result: the input windows of the decoder, and of the attention's decoder.
        decoder, attention_decoder = [*self.made_of(DECODER), self.allconv17], self.made_of(ATTENTION_DECODER)
        joined = way.input_window(decoder, hole, quarter)
        attended = way.input_window(attention_decoder, joined, quarter)

        branch = way.run(self.made_of(CONVOLUTION_BRANCH), way.start(filled), joined)  # [N, H/4, W/4, 96]
        x = way.run_everywhere(self.made_of(ATTENTION_ENCODER), filled)  # [N, H/4, W/4, 96]
        # The mask is downsampled in two steps, here to 1/4 and in the attention to 1/8: a single step
        # would sample other pixels.
        x, offsets = way.attend(self.contextual_attention, x, resize_nearest(mask, quarter), attended)
        x = way.run(attention_decoder, x, joined)  # [N, H/4, W/4, 96]

        x = way.run(decoder, way.join(branch, x), hole)
        return coarse, way.apply(self._colours, x), offsets  # [N, H, W, 3] twice, [N, H/8, W/8, 2]

    def part_count(self, windows=1, bands=1, detail=False):
        """How many parts a pass around the hole reports; arguments as in `architecture.part_count`."""
        return part_count(windows, bands, detail)

    def named_weights(self):
        """Return the weights as a dict, keyed by their names in the original's checkpoints."""
        named = {}
        for table in TABLES:
            for name, _, _ in table:
                scope = f"{name}/{name}_conv" if name.endswith("upsample") else name
                named.update(_scoped(scope, getattr(self, name)))
        return {**named, **_scoped("conv17", self.conv17), **_scoped("allconv17", self.allconv17)}

    def get_config(self):
        # Keras 2 does not include the dtype policy in a model's config.
        policy = {"name": self.name, "dtype": self.dtype_policy.name}
        return {**policy, "guided": self.guided, "padding": self.padding, "network": self.network}

    def _colours(self, x):
        x = tf.cast(x, tf.float32)
        return tf.tanh(x) if self.architecture.limit == "tanh" else tf.clip_by_value(x, -1.0, 1.0)


def _scoped(scope, layer):
    return {
        f"inpaint_net/{scope}/kernel": layer.kernel,
        f"inpaint_net/{scope}/bias": layer.bias,
    }


def complete(refined, incomplete, mask):
    """Combine filled hole and known pixels: `refined * mask + incomplete * (1 - mask)`, all [N, H, W, C]."""
    return refined * mask + incomplete * (1 - mask)

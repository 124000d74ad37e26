"""The two-stage inpainting network (Yu et al., ICCV 2019, section 3.3 and figure 3)."""

import tensorflow as tf

from inpaint.models.architecture import (
    ATTENTION_DECODER,
    ATTENTION_ENCODER,
    COARSE,
    CONVOLUTION_BRANCH,
    DECODER,
    TABLES,
    part_count,
)
from inpaint.models.base_generator import BaseGenerator
from inpaint.models.plans import Everywhere
from inpaint.models.result import Result
from inpaint.ops import (
    ContextualAttention,
    GatedConv,
    GatedUpsamplingConv,
    PackedPartialConv,
    PackedPartialUpsamplingConv,
    PaddedConv,
    PartialConv,
    UpsamplingConv,
    enlarge_nearest,
    resize_nearest,
)

_LAYERS = {  # convolution, and convolution of an enlarged map
    "gated": (GatedConv, GatedUpsamplingConv),
    "plain": (PaddedConv, UpsamplingConv),
    "partial": (PackedPartialConv, PackedPartialUpsamplingConv),
}


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class Generator(BaseGenerator):
    """A coarse network, and a refinement network that fills the coarse result's hole again.

    Built in the constructor: `count_params()` is 4,052,478, or 4,053,678 when guided.

    Args:
        guided: Whether the network takes a sketch as an additional input.
        padding: padding of all convolutions, `"same"`, `"symmetric"`, `"reflect"` or `"centred"`. With
            the last, which is PyTorch's, the attention reduces its maps as PyTorch does, too.
        network: its kind, one of `NETWORKS`. `"gated"` is DeepFillv2; `"plain"` and `"partial"` are the same
            without gates, half as wide, with plain convolutions (2,026,566 parameters) and partial ones;
            `"deepfill_v1"` is the network of Yu et al., CVPR 2018 (3,601,542 parameters).

    Call arguments, one by one, or in a list or dict, as `fit` and `predict` and functional models give them:
        incomplete: [N, H, W, 3] in [-1, 1], **BGR**, zero in the hole; H and W are multiples of 8
            and at least `LEAST_SIZE[padding]`.
        mask: [N or 1, H, W, 1], 1 in the hole and 0 elsewhere.
        sketch: [N, H, W, 1], 1 on lines inside the hole; required if guided, not allowed otherwise.
        training: Whether gated convolutions compute in the way that suits training, see `GatedConv`; the
            results are the same. A `PConvUNet` normalises by it.

    Returns:
        dict:
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
        super().__init__(guided, padding, network, **kwargs)
        coarse = self._add_table(COARSE, 6 if guided else 5)
        self._add_output("conv17", coarse)
        convolved = self._add_table(CONVOLUTION_BRANCH, self.architecture.refined_input)
        encoded = self._add_table(ATTENTION_ENCODER, self.architecture.refined_input)
        self.contextual_attention = ContextualAttention(
            align_corners=self.padding != "centred", dtype=self.dtype_policy
        )
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
        if not self.gated_layers:
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
        inputs = [incomplete, _ones(mask), mask]
        if self.guided:
            inputs.insert(1, tf.cast(sketch, tf.float32))
        if self.architecture.convolution == "partial":
            inputs.append(1 - mask)
        return tf.concat(inputs, axis=-1)

    def refinement_input(self, filled, mask):
        """Return the refinement network's input from a filled image and its mask, [N, H, W, 3 or 5]."""
        if self.architecture.refined_input == 3:
            return filled
        return tf.concat([filled, _ones(mask), mask], axis=-1)

    def attention_mask(self, mask):
        """Return the attention's mask: [N, H, W, 1] -> [N, H/4, W/4, 1].

        The attention reduces it to 1/8. A single step would sample other pixels.
        """
        align_corners = self.contextual_attention.options.align_corners
        return resize_nearest(mask, tf.shape(mask)[1:3] // 4, align_corners)

    def forward(self, incomplete, mask, sketch=None, plan=None, training=False):
        """Compute the network, everywhere or only around the hole.

        Args:
            incomplete, mask, sketch, training: as in a call.
            plan: what to compute, an instance of a class in `inpaint.models.plans`. Default: `Everywhere()`.

        Returns:
            A `Result` of two stages.
        """
        plan = plan or Everywhere()
        incomplete = tf.cast(incomplete, tf.float32)
        one_channel = tf.concat([tf.shape(incomplete)[:3], [1]], axis=0)
        mask = tf.broadcast_to(tf.cast(mask, tf.float32), one_channel)
        hole, quarter = plan.result_window(mask), tf.shape(mask)[1:3] // 4

        x = plan.start(self.coarse_input(incomplete, mask, sketch))  # [N, H, W, 5]
        x = plan.run([*self.made_of(COARSE), self.conv17], x, hole)
        coarse = plan.apply(self._colours, x)  # [N, H, W, 3]
        filled = self.refinement_input(complete(plan.whole(coarse), incomplete, mask), mask)

        # Backwards from the result: the input windows of the decoder, and of the attention's decoder.
        decoder, attention_decoder = [*self.made_of(DECODER), self.allconv17], self.made_of(ATTENTION_DECODER)
        joined = plan.input_window(decoder, hole, quarter)
        attended = plan.input_window(attention_decoder, joined, quarter)

        branch = plan.run(self.made_of(CONVOLUTION_BRANCH), plan.start(filled), joined)  # [N, H/4, W/4, 96]
        x = plan.run_everywhere(self.made_of(ATTENTION_ENCODER), filled)  # [N, H/4, W/4, 96]
        x, offsets = plan.attend(self.contextual_attention, x, self.attention_mask(mask), attended)
        x = plan.run(attention_decoder, x, joined)  # [N, H/4, W/4, 96]

        x = plan.run(decoder, plan.join(branch, x), hole)
        return Result((coarse, plan.apply(self._colours, x)), offsets)  # [N, H, W, 3], [N, H/8, W/8, 2]

    def known(self, mask):
        """Where the coarse network's layers would know the image by the rule of partial convolution.

        Args:
            mask: [N, H, W, 1], as in a call.

        Returns:
            dict of layer name -> float32 [N, h, w, 1], 1 where they would, 0 elsewhere.
        """
        known, found = 1 - tf.cast(mask, tf.float32), {}
        for name, _, options in COARSE:
            if name.endswith("upsample"):
                known = enlarge_nearest(known)
            _, known = PartialConv(1, **{"kernel_size": 3, **options})(known, known)
            found[name] = known
        return found

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

    def _colours(self, x):
        x = tf.cast(x, tf.float32)
        return tf.tanh(x) if self.architecture.limit == "tanh" else tf.clip_by_value(x, -1.0, 1.0)


def _ones(mask):
    """Ones of a mask's shape; computed, because a file for one size would hold `tf.ones_like` as numbers."""
    return mask * 0 + 1


def _scoped(scope, layer):
    return {
        f"inpaint_net/{scope}/kernel": layer.kernel,
        f"inpaint_net/{scope}/bias": layer.bias,
    }


def complete(refined, incomplete, mask):
    """Combine filled hole and known pixels: `refined * mask + incomplete * (1 - mask)`, all [N, H, W, C]."""
    return refined * mask + incomplete * (1 - mask)

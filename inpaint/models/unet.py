"""The U-Net of partial convolutions (Liu et al., ECCV 2018, section 3.2 and table 1)."""

import tensorflow as tf

from inpaint.models.base_generator import BaseGenerator
from inpaint.models.plans import Everywhere
from inpaint.models.result import Result
from inpaint.ops import BatchNorm, PartialConv, enlarge_nearest

# (kernel size, channels) of the encoder's first layers; further ones are like the last.
_ENCODER = ((7, 64), (5, 128), (5, 256), (3, 512))
_SLOPE = 0.2


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class PConvUNet(BaseGenerator):
    """An encoder and a decoder of partial convolutions with batch normalisation, joined at each resolution.

    For its callers like a `Generator`, but with one stage and no attention. Built in the constructor:
    32,859,732 trainable parameters with 8 levels, and 10,880 moving means and variances.

    Args:
        guided: False; sketches lie in the hole, where a partial convolution sees nothing.
        padding: `"same"`; zeros, on every side as many.
        network: `"pconv_unet"`.
        levels: number of layers of the encoder, at least 5; each halves the resolution.

    Attributes:
        encoder_norm_frozen: Whether the encoder's normalisation stays in inference mode while training,
            for fine-tuning (section 4.2): its `gamma` and `beta` go on learning. Default: False.

    Call arguments, one by one, or in a list or dict, as `fit` and `predict` and functional models give them:
        incomplete: [N, H, W, 3] in [-1, 1], **BGR**, zero in the hole; H and W are multiples of 2**levels.
        mask: [N or 1, H, W, 1], 1 in the hole and 0 elsewhere.
        sketch: None.
        training: Whether normalisation uses the batch's statistics, and moves the layers' own.

    Returns:
        dict:
        refined: [N, H, W, 3] float32, BGR: the output, which nothing limits to [-1, 1].

    Raises:
        ValueError: if a sketch is given, the network is another one, or it cannot be guided or padded so.
        tf.errors.InvalidArgumentError: if H or W is not a multiple of 2**levels.
    """

    def __init__(self, guided=False, padding="same", network="pconv_unet", levels=8, **kwargs):
        super().__init__(guided, padding, network, **kwargs)
        if levels <= len(_ENCODER):
            raise ValueError(f"levels must be at least {len(_ENCODER) + 1}, received {levels}")
        self.levels = levels
        self.encoder_norm_frozen = False
        widths = [3]  # channels of the image, and of the encoder's maps
        for level in range(1, levels + 1):
            kernel_size, filters = _ENCODER[min(level, len(_ENCODER)) - 1]
            self._add(f"enc_{level}", widths[-1], filters, kernel_size, strides=2, normalised=level > 1)
            widths.append(filters)
        channels = widths[-1]
        for level in range(levels, 0, -1):
            filters = widths[level - 1]
            self._add(f"dec_{level}", channels + widths[level - 1], filters, 3, normalised=level > 1)
            channels = filters
        self.built = True

    def _add(self, name, channels, filters, kernel_size, strides=1, normalised=True):
        """Create and build a layer, and its normalisation where it has one, as attributes."""
        layer = PartialConv(
            filters,
            kernel_size,
            strides,
            padding="centred",
            use_bias=name == "dec_1",
            kernel_initializer="he_normal",
            name=name,
            dtype=self.dtype_policy,
        )
        layer.build((None, None, None, channels))
        setattr(self, name, layer)
        if normalised:
            norm = BatchNorm(name=f"{name}_norm", dtype=self.dtype_policy)
            norm.build((None, None, None, filters))
            setattr(self, norm.name, norm)

    def forward(self, incomplete, mask, sketch=None, plan=None, training=False):
        """Compute the network; everywhere, since its deepest layers see the whole image.

        Args:
            incomplete, mask, sketch, training: as in a call.
            plan: an instance of a class in `inpaint.models.plans`, which gets the result as its feature map.
                Default: `Everywhere()`.

        Returns:
            A `Result` of one stage, without offsets.
        """
        if sketch is not None:
            raise ValueError("network pconv_unet is not guided: it takes no sketch")
        size, multiple = tf.shape(incomplete)[1:3], 2**self.levels
        tf.debugging.assert_equal(
            size % multiple, 0, f"height and width must be multiples of {multiple} for network pconv_unet"
        )
        plan = plan or Everywhere()
        training_encoder = training and not self.encoder_norm_frozen
        x = tf.cast(incomplete, tf.float32)
        known = 1 - tf.cast(mask, tf.float32)  # [N or 1, H, W, 1]
        skipped = []
        for name in self.encoder_names:
            skipped.append((x, known))
            x, known = getattr(self, name)(x, known)  # [N, H / 2, W / 2, C], and so on
            x = tf.nn.relu(self._normalised(name, x, training_encoder))
            plan.on_part()
        for name in self.decoder_names:
            joined, known_joined = skipped.pop()
            x, known = getattr(self, name)(
                [enlarge_nearest(x), joined], [enlarge_nearest(known), known_joined]
            )
            if skipped:
                x = tf.nn.leaky_relu(self._normalised(name, x, training), _SLOPE)
            plan.on_part()
        return Result((plan.start(tf.cast(x, tf.float32)),), None)

    def known(self, mask):
        """Where each layer knows the image.

        Args:
            mask: [N, H, W, 1], as in a call.

        Returns:
            dict of layer name -> float32 [N, h, w, 1], 1 where it does, 0 elsewhere.
        """
        known, found, skipped = 1 - tf.cast(mask, tf.float32), {}, []
        for name in self.encoder_names:
            skipped.append(known)
            known = found[name] = _seen(known, getattr(self, name).kernel_size, 2)
        for name in self.decoder_names:
            known = found[name] = _seen(tf.maximum(enlarge_nearest(known), skipped.pop()), 3, 1)
        return found

    @property
    def encoder_names(self):
        """The names of the encoder's layers, in order."""
        return [f"enc_{level}" for level in range(1, self.levels + 1)]

    @property
    def decoder_names(self):
        """The names of the decoder's layers, in order: downwards, to that which gives the result."""
        return [f"dec_{level}" for level in range(self.levels, 0, -1)]

    def part_count(self, windows=1, bands=1, detail=False):
        """How many parts a pass reports: its layers. The arguments are for networks that run in windows."""
        return 2 * self.levels

    def named_weights(self):
        """Return the weights as a dict, keyed by their names in checkpoints."""
        named = {}
        for name in (*self.encoder_names, *self.decoder_names):
            layer, norm = getattr(self, name), getattr(self, f"{name}_norm", None)
            named[f"unet/{name}/kernel"] = layer.kernel
            if layer.use_bias:
                named[f"unet/{name}/bias"] = layer.bias
            if norm is not None:
                for part in ("gamma", "beta", "moving_mean", "moving_variance"):
                    named[f"unet/{name}/{part}"] = getattr(norm, part)
        return named

    def get_config(self):
        return {**super().get_config(), "levels": self.levels}

    def _normalised(self, name, x, training):
        norm = getattr(self, f"{name}_norm", None)
        return x if norm is None else norm(x, training=training)


def _seen(known, kernel_size, strides):
    """The new mask of a partial convolution with centred padding, [N, H, W, 1] -> [N, h, w, 1]."""
    margin = kernel_size // 2
    known = tf.pad(known, [[0, 0], [margin, margin], [margin, margin], [0, 0]])
    return tf.nn.max_pool2d(known, kernel_size, strides, "VALID")

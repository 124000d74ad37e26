import numpy as np
import pytest
import tensorflow as tf
from support import attention_twin, golden_data, naive_attention
from support.helpers import both_ways

from inpaint.ops import ContextualAttention, flow_image


@pytest.mark.parametrize(
    "name", ["attention_rate1_nofuse", "attention_rate2_mask", "attention_rate2_nomask_cross"]
)
def test_golden(name):
    golden = golden_data.load(name)
    rate = int(golden["rate"])
    assert golden["stride"] == 1
    layer = ContextualAttention(int(golden["ksize"]), rate, fuse=bool(golden.get("fuse", True)))
    mask = golden["mask"][None, :, :, None] if "mask" in golden else None
    for output, offsets in both_ways(layer, golden["foreground"], golden["background"], mask):
        np.testing.assert_allclose(output, golden["output"], atol=5e-6)
        np.testing.assert_allclose(flow_image(offsets, rate), golden["flow"], atol=1e-5)


@pytest.mark.parametrize(
    "foreground, background, options, holes",
    [
        ((10, 6), (10, 6), {}, (0.1, 0.3)),  # reduced to 5 x 3: odd, not square
        ((6, 14), (10, 8), {}, (0.0, 0.2)),  # foreground and background of other sizes
        ((8, 8), (8, 8), {}, (0.0, 1.0)),  # nothing and everything covered, in one batch
        ((4, 6), (4, 6), {"rate": 1, "fuse": False}, (0.1, 0.2)),
        ((9, 6), (6, 9), {"rate": 3}, (0.0, 0.1)),
        ((8, 10), (8, 10), {"kernel_size": 1, "fuse_kernel_size": 5, "softmax_scale": 3.0}, (0.1, 0.2)),
    ],
)
@pytest.mark.parametrize("memory_budget", [2**30, 40_000, 1])
def test_equals_numpy_twin(rng, foreground, background, options, holes, memory_budget):
    # All at once, in a few tiles, position by position.
    f = rng.normal(size=(2, *foreground, 3)).astype(np.float32)
    b = rng.normal(size=(2, *background, 3)).astype(np.float32)
    mask = np.stack([rng.random(background) < share for share in holes]).astype(np.float32)
    layer = ContextualAttention(memory_budget=memory_budget, **options)
    output, offsets = layer(f, b, mask[..., None])
    renamed = {"scale" if k == "softmax_scale" else k: v for k, v in options.items()}
    for i in range(2):
        expected, expected_offsets = attention_twin.attention(f[i], b[i], mask[i], **renamed)
        np.testing.assert_allclose(output[i], expected, atol=2e-5)
        if holes[i] < 1:  # else all weights are zero, and any of them the largest
            np.testing.assert_array_equal(offsets[i], expected_offsets)


@pytest.mark.parametrize("memory_budget", [2**30, 1])
def test_everything_masked_gives_zero(rng, memory_budget):
    x = rng.normal(size=(1, 8, 8, 4)).astype(np.float32)
    output, offsets = ContextualAttention(memory_budget=memory_budget)(x, x, np.ones((1, 8, 8, 1)))
    np.testing.assert_array_equal(output, np.zeros((1, 8, 8, 4)))
    # The first of equal weights is the largest, as in the original.
    assert offsets[0, 1, 2].numpy().tolist() == [-1, -2]


@pytest.mark.parametrize("memory_budget", [2**30, 60_000])
@pytest.mark.parametrize("window", [(0, 0, 7, 9), (2, 3, 4, 8), (0, 7, 1, 9), (6, 0, 7, 1)])
def test_a_window_equals_a_cut_of_the_whole(rng, window, memory_budget):
    x, y = (tf.constant(rng.normal(size=(2, 14, 18, 3)) * 0.4, tf.float32) for _ in range(2))
    mask = tf.constant(rng.random((2, 14, 18, 1)) < 0.1, tf.float32)
    whole, all_offsets = ContextualAttention()(x, y, mask)
    layer = ContextualAttention(memory_budget=memory_budget)
    top, left, bottom, right = window
    for where in (window, tf.constant(window)):
        output, offsets = layer(x, y, mask, window=where)
        expected = whole[:, 2 * top : 2 * bottom, 2 * left : 2 * right]
        np.testing.assert_allclose(output, expected, atol=2e-6)
        np.testing.assert_array_equal(offsets, all_offsets[:, top:bottom, left:right])


def test_no_matrix_exceeds_the_budget(rng):
    # The largest tensor of the graph's tiles, for a map whose full matrix has 2.4 million entries.
    x = tf.constant(rng.normal(size=(1, 56, 56, 2)), tf.float32)
    layer = ContextualAttention(memory_budget=4_000_000)
    sizes = []
    inner = tf.matmul

    def matmul(*arguments, **options):
        product = inner(*arguments, **options)
        sizes.append(product.numpy().nbytes)
        return product

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tf, "matmul", matmul)
        layer(x, x)
    assert len(sizes) > 20 and max(sizes) <= 4_000_000 / 4


def test_copies_the_only_patch_that_fits():
    # Four quadrants of one colour each; the last is a hole in the background, so it must be built
    # from the others, and the others copy themselves.
    x = np.zeros((1, 16, 16, 4), np.float32)
    for index, (top, left) in enumerate([(0, 0), (0, 8), (8, 0), (8, 8)]):
        x[0, top : top + 8, left : left + 8, index] = 3
    mask = np.zeros((1, 16, 16, 1))
    mask[0, 8:, 8:] = 1
    output, _ = ContextualAttention()(x, x, mask)
    np.testing.assert_allclose(output[0, 2, 2], [3, 0, 0, 0], atol=1e-3)
    np.testing.assert_allclose(output[0, 2, 13], [0, 3, 0, 0], atol=1e-3)
    assert output[0, 13, 13, 3] < 0.5


@pytest.mark.parametrize(
    "foreground, background, options",
    [
        ((10, 6), (10, 6), {}),
        ((6, 14), (10, 8), {}),
        ((4, 6), (4, 6), {"rate": 1, "fuse": False}),
        ((8, 10), (8, 10), {"kernel_size": 1, "fuse_kernel_size": 5, "softmax_scale": 3.0}),
    ],
)
@pytest.mark.parametrize("memory_budget", [2**30, 40_000])
def test_gradients_equal_those_of_the_naive_form(rng, foreground, background, options, memory_budget):
    f = tf.constant(rng.normal(size=(1, *foreground, 3)) * 0.5, tf.float32)
    b = tf.constant(rng.normal(size=(1, *background, 3)) * 0.5, tf.float32)
    mask = tf.constant(rng.random((1, *background, 1)) < 0.05, tf.float32)
    weight = rng.normal(size=f.shape).astype(np.float32)
    renamed = {"scale" if k == "softmax_scale" else k: v for k, v in options.items()}

    def gradients(attention):
        with tf.GradientTape() as tape:
            tape.watch([f, b])
            output = attention(f, b, mask)
            loss = tf.reduce_sum(output * weight)
        return output, tape.gradient(loss, [f, b])

    layer = ContextualAttention(memory_budget=memory_budget, **options)
    output, found = gradients(lambda *inputs: layer(*inputs)[0])
    expected, naive = gradients(lambda *inputs: naive_attention.attention(*inputs, **renamed))
    np.testing.assert_allclose(output, expected, atol=1e-5)
    for ours, theirs in zip(found, naive):
        np.testing.assert_allclose(ours, theirs, atol=2e-5 * np.max(np.abs(theirs)))


@pytest.mark.parametrize("memory_budget", [2**30, 1])
def test_gradient_is_finite_on_empty_background(memory_budget):
    x = tf.zeros([1, 8, 8, 2])
    with tf.GradientTape() as tape:
        tape.watch(x)
        output, _ = ContextualAttention(memory_budget=memory_budget)(x, x)
    assert np.all(np.isfinite(tape.gradient(output, x)))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_scores_do_not_overflow_half_precision(rng, policy):
    # Scores of about 40,000, times ten, are far beyond float16.
    x = (rng.normal(size=(1, 8, 8, 16)) * 800).astype(np.float32)
    x = tf.cast(x, policy[len("mixed_") :])
    output, _ = ContextualAttention(dtype=policy)(x, x)
    expected, _ = ContextualAttention()(tf.cast(x, tf.float32), tf.cast(x, tf.float32))
    assert output.dtype == x.dtype
    np.testing.assert_allclose(tf.cast(output, tf.float32), expected, rtol=2e-2, atol=20)


@pytest.mark.parametrize("memory_budget", [2**30, 40_000])
def test_transposes_no_int32(rng, memory_budget, monkeypatch):
    # Eagerly, TensorFlow on some CPUs writes an error to stderr when it transposes int32.
    transpose, dtypes = tf.transpose, []
    monkeypatch.setattr(tf, "transpose", lambda x, *a: dtypes.append(x.dtype) or transpose(x, *a))
    x = tf.constant(rng.normal(size=(1, 14, 18, 3)), tf.float32)
    for window in (None, (1, 2, 6, 7)):
        ContextualAttention(memory_budget=memory_budget)(x, x, window=window)
    assert set(dtypes) == {tf.float32}


FORMS = {
    "list": lambda *maps: list(maps),
    "tuple": lambda *maps: maps,
    "dict": lambda *maps: dict(zip(("foreground", "background", "mask"), maps)),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_all_maps_as_one_argument(rng, form):
    f, b = (rng.normal(size=(3, 8, 8, 2)).astype(np.float32) for _ in range(2))
    mask = np.float32(rng.random((3, 8, 8, 1)) < 0.1)
    layer = ContextualAttention()
    expected = layer(f, b, mask)
    assert np.abs(expected[0] - layer(f, b)[0]).max() > 0.1
    inputs = [tf.keras.Input(x.shape[1:]) for x in (f, b, mask)]
    model = tf.keras.Model(inputs, layer(form(*inputs)))
    # The last batch is a smaller one.
    predicted = model.predict([f, b, mask], batch_size=2, verbose=0)
    for found in (layer(form(f, b, mask)), model([f, b, mask]), predicted):
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)
    output, offsets = layer(form(f, b, mask), window=(0, 1, 3, 4))
    np.testing.assert_allclose(output, expected[0][:, :6, 2:], atol=1e-5)
    np.testing.assert_array_equal(offsets, expected[1][:, :3, 1:])


def test_fit(rng):
    # The attention has no weights: what is learned is learned through it.
    image, mask = tf.keras.Input((8, 8, 3)), tf.keras.Input((8, 8, 1))
    x = tf.keras.layers.Conv2D(2, 3, padding="same")(image)
    model = tf.keras.Model([image, mask], ContextualAttention()([x, x, mask])[0])
    model.compile("sgd", "mse")
    images, masks = rng.normal(size=(3, 8, 8, 3)), np.zeros((3, 8, 8, 1))
    target = rng.normal(size=(3, 8, 8, 2)) * 0.1
    losses = model.fit([images, masks], target, batch_size=2, epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[1] < losses[0]


def test_other_maps_are_refused():
    x = tf.zeros([1, 8, 8, 1])
    with pytest.raises(TypeError, match="'front'"):
        ContextualAttention()({"front": x, "background": x})
    with pytest.raises(TypeError, match="'background'"):
        ContextualAttention()([x])


def test_bad_arguments():
    with pytest.raises(ValueError, match="kernel_size must be odd and positive, received 4"):
        ContextualAttention(kernel_size=4)
    with pytest.raises(ValueError, match="rate must be positive, received 0"):
        ContextualAttention(rate=0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="multiples of rate 2"):
        ContextualAttention()(tf.zeros([1, 7, 8, 1]), tf.zeros([1, 8, 8, 1]))

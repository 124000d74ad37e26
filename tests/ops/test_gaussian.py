import numpy as np
import pytest

from inpaint.ops import gaussian_blur


@pytest.mark.parametrize("sigma, reach", [(1, 3), (0.7, 3), (2.5, 8)])
def test_a_dot_becomes_the_window(sigma, reach):
    dot = np.zeros((1, 21, 23, 2), np.float32)
    dot[0, 10, 11] = 1, -2
    found = gaussian_blur(dot, sigma).numpy()
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    window = np.outer(weights, weights) / weights.sum() ** 2
    expected = np.zeros_like(dot)
    expected[0, 10 - reach : 11 + reach, 11 - reach : 12 + reach] = window[..., None] * [1, -2]
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_what_lies_around(rng):
    level = np.full((1, 9, 9, 1), 0.5, np.float32)
    np.testing.assert_allclose(gaussian_blur(level, 1, "SYMMETRIC"), level, rtol=1e-6)
    weights = np.exp(-(np.arange(-3, 4) ** 2) / 2)
    at_edge = weights[3:].sum() / weights.sum()  # zeros beyond it
    assert gaussian_blur(level, 1)[0, 0, 4, 0].numpy() == pytest.approx(0.5 * at_edge, rel=1e-6)
    x = rng.normal(size=(1, 8, 10, 3)).astype(np.float32)
    mirrored = np.pad(x, [(0, 0), (3, 3), (3, 3), (0, 0)], "symmetric")
    inner = gaussian_blur(mirrored, 1)[:, 3:-3, 3:-3]
    np.testing.assert_allclose(gaussian_blur(x, 1, "SYMMETRIC"), inner, atol=1e-6)

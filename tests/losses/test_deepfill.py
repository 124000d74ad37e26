import numpy as np
import pytest

from inpaint.losses.deepfill import discriminator_hinge, generator_hinge, reconstruction


def test_hinge_by_hand():
    real, fake = discriminator_hinge(np.float32([[2.0, 0.5]]), np.float32([[-3.0, 1.0]]))
    assert float(real) == pytest.approx((0 + 0.5) / 2)
    assert float(fake) == pytest.approx((0 + 2) / 2)
    assert float(generator_hinge(np.float32([[-3.0, 1.0]]))) == pytest.approx(1.0)


def test_reconstruction_counts_both_results():
    images = np.zeros((1, 2, 2, 3), np.float32)
    assert float(reconstruction(images, images + 0.25, images - 0.5)) == pytest.approx(0.75)

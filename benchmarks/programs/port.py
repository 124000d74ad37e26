"""The program of a port with the files of nipponjo/deepfillv2-pytorch, from whose checkout it imports."""

import contextlib

import torch
from model.networks import Discriminator, Generator
from torch.nn import functional as F

_DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
_DTYPES = {"mixed_bfloat16": torch.bfloat16, "mixed_float16": torch.float16}


def filler(precision):
    generator = Generator(cnum_in=5, cnum=48).to(_DEVICE).eval()

    @torch.inference_mode()
    def fill(image, mask):
        pixels = torch.from_numpy(image).to(_DEVICE).permute(2, 0, 1)[None] / 127.5 - 1
        with _autocast(precision):
            completed = _forward(generator, pixels, _hole(mask))[2]
        return ((completed[0] + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()

    return fill


def updater(precision, batch_size, size):
    generator = Generator(cnum_in=5, cnum=48).to(_DEVICE).train()
    discriminator = Discriminator(cnum_in=4, cnum=64).to(_DEVICE).train()
    g_adam, d_adam = _adam(generator), _adam(discriminator)
    images = torch.rand(batch_size, 3, size, size, device=_DEVICE) * 2 - 1
    hole = torch.zeros(1, 1, size, size, device=_DEVICE)
    hole[..., size // 4 : size * 3 // 4, size // 4 : size * 3 // 4] = 1

    def judged(pictures):
        return discriminator(torch.cat([pictures, hole.expand(len(pictures), -1, -1, -1)], 1))

    def update():
        with _autocast(precision):
            coarse, refined, completed = _forward(generator, images, hole)
            real, fake = judged(torch.cat([images, completed.detach()])).chunk(2)
            d_loss = (F.relu(1 - real).mean() + F.relu(1 + fake).mean()) / 2
        _step(d_adam, d_loss)
        with _autocast(precision):
            g_loss = F.l1_loss(coarse, images) + F.l1_loss(refined, images) - judged(completed).mean()
        _step(g_adam, g_loss)
        g_loss.item()  # waits for a GPU

    return update


def _autocast(precision):
    if precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast(_DEVICE, dtype=_DTYPES[precision])


def _hole(mask):
    return (torch.from_numpy(mask).to(_DEVICE) > 127)[None, None].float()


def _forward(generator, images, hole):
    """The coarse, the refined and the completed images."""
    incomplete = images * (1 - hole)
    ones = torch.ones_like(images[:, :1])
    coarse, refined = generator(torch.cat([incomplete, ones, ones * hole], 1), hole)
    return coarse, refined, refined * hole + incomplete


def _adam(model):
    return torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.5, 0.999))


def _step(adam, loss):
    adam.zero_grad()
    loss.backward()
    adam.step()

"""What an evaluation found, as JSON, as a Markdown table and as images."""

import numpy as np
from PIL import Image, ImageDraw

from inpaint.evaluation.fid import FORMULA, frechet_distance
from inpaint.evaluation.mask_sets import SHARES
from inpaint.evaluation.metrics import FORMULAS, METRICS, TEXTURE_FORMULAS, mean_over_images

_TITLES = {"l1": "L1 %", "l2": "L2 %", "psnr": "PSNR", "ssim": "SSIM", "sharpness": "sharpness"}
_LABEL = 16  # height of a contact sheet's first line, in pixels


def summary(evaluation, methods, real_features=None):
    """Means over all images, of sharpness the median.

    Args:
        evaluation: an `Evaluation` of which every step is done.
        methods: names of its methods.
        real_features: what FID compares with, [N, 2048], or None.

    Returns:
        dict of kind -> dict of method -> dict of metric -> float, or None where no image has a value; with
        `fid` if it was measured.
    """
    found = {kind: {} for kind in evaluation.kinds}
    for kind, means in found.items():
        for method in methods:
            rows, features = evaluation.measured(kind, method)
            means[method] = {name: _rounded(mean_over_images(name, v)) for name, v in zip(METRICS, rows.T)}
            if real_features is not None:
                means[method]["fid"] = round(frechet_distance(real_features, features), 3)
    return found


def markdown(found, count, resized=False):
    """The summary of `count` images as Markdown: a table, and what its columns mean."""
    measured_fid = any("fid" in values for means in found.values() for values in means.values())
    columns = [*METRICS, *(["fid"] if measured_fid else [])]
    size = "resized to 256 x 256" if resized else "256 x 256 from the middle of each"
    lines = [
        f"Means over {count} images, {size}.",
        "",
        f"| mask | method | {' | '.join(map(_title, columns))} |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for kind, means in found.items():
        for method, values in means.items():
            numbers = " | ".join(_number(values[name]) for name in columns)
            lines.append(f"| {_words(kind)} | {_words(method)} | {numbers} |")
    lines += ["", "x, y: the real and the filled image in [0, 1], all channels; in hole: its pixels alone."]
    lines += ["", *(f"- {formula}" for formula in (FORMULAS | TEXTURE_FORMULAS).values())]
    lines += [f"- {FORMULA}"] if measured_fid else []
    shares = (f"{name} {least:.0%} to {most:.0%}" for name, (least, most) in SHARES.items())
    lines += [f"- share of the image that is hole: {', '.join(shares)}", ""]
    return "\n".join(lines)


def contact_sheet(evaluation, kind, methods, indices):
    """Images side by side: real, with its hole, and filled by each method; an image a row.

    Args:
        evaluation: an `Evaluation`.
        kind: of the masks.
        methods: names of its methods.
        indices: of the images.

    Returns:
        uint8 [_, _, 3]; the first line has the columns' names.
    """
    columns = {}
    for method in methods:
        real, masks, columns[method] = evaluation.filled(kind, method, indices)
    columns = {"real": real, "masked": np.where(masks[..., None] > 0, np.uint8(255), real), **columns}
    sheet = np.concatenate([np.concatenate(list(images)) for images in columns.values()], axis=1)
    sheet = np.pad(sheet, [(_LABEL, 0), (0, 0), (0, 0)], constant_values=255)
    image = Image.fromarray(sheet)
    for number, name in enumerate(columns):
        ImageDraw.Draw(image).text((number * real.shape[2] + 4, 2), _words(name), fill="black")
    return np.asarray(image)


def _rounded(value):
    return None if value is None else round(value, 4)


def _number(value):
    return "-" if value is None else f"{value:.4g}"


def _title(metric):
    name = metric.removesuffix("_hole")
    title = _TITLES.get(name, name.upper())
    return f"{title} in hole" if metric.endswith("_hole") else title


def _words(name):
    return name.replace("_", " ")

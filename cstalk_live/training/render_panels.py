"""Pictures side by side with their names, and sheets of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .render_head import Picture

_INK, _PLATE = (235, 238, 242), (22, 24, 28)


def labelled(picture: Picture, text: str) -> Picture:
    """The picture with a name in its upper left corner. Needs pillow."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image, "RGBA")
    size = max(9, picture.shape[0] // 24)
    font = ImageFont.load_default(size)
    while size > 7 and draw.textlength(text, font=font) > picture.shape[1] - 2 * size:
        size -= 1
        font = ImageFont.load_default(size)
    edge, pad, line = size * 2 // 3, size // 3, size * 5 // 4
    right = edge + 2 * pad + draw.textlength(text, font=font)
    draw.rounded_rectangle((edge, edge, right, edge + line + pad), pad, fill=(*_PLATE, 190))
    draw.text((edge + pad, edge + (line + pad) // 2), text, font=font, fill=_INK, anchor="lm")
    return np.asarray(image)


def columns_for(count: int) -> int:
    """Panels in a row: one row up to five, two beyond."""
    return count if count <= 5 else -(-count // 2)


def tiled(pictures: Sequence[Picture], columns: int) -> Picture:
    """Pictures of one size in rows of ``columns``; both sides of the result are even, as mp4 wants it."""
    height, width, _ = pictures[0].shape
    rows = -(-len(pictures) // columns)
    whole = np.full((rows * height + rows * height % 2, columns * width + columns * width % 2, 3), _PLATE, np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        whole[row * height : (row + 1) * height, column * width : (column + 1) * width] = picture
    return whole

"""Write a manifest that describes how to show a job's pictures in a web page."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

import blurhash
from PIL.Image import Image, Resampling

from core.job import Artifact, Photo
from core.photo.alpha import flatten
from core.photo.formats import Encoded

# Enough for a colour and a blur of 4 x 3 patches, and hashed in milliseconds for photos of any size.
LOOKED_AT = (32, 24)
PATCHES = (4, 3)


def make(photo: Photo, picture: Image, artifacts: Iterable[Artifact], sizes: Collection[str]) -> Encoded:
    """Return ``manifest.json`` for the photo, one of its pictures, and its artifacts.

    It has the photo's width and height; ``colour``, its most frequent colour as #rrggbb; ``blurhash``, a
    placeholder of about 30 characters; ``images``, the pictures; and ``srcset`` for each content type: the
    pictures of ``sizes`` that show the whole photo, narrowest first, with paths relative to the manifest.
    """
    artifacts = tuple(artifacts)
    plain = [each for each in artifacts if each.name.partition(".")[0] in sizes]
    small = flatten(picture).resize(LOOKED_AT, Resampling.BOX)
    document = {
        "width": photo.width,
        "height": photo.height,
        "colour": _colour(small),
        "blurhash": _blurhash(small),
        "images": [
            {
                "name": each.name,
                "type": each.content_type,
                "width": each.width,
                "height": each.height,
                "bytes": each.size,
            }
            for each in artifacts
        ],
        "srcset": {
            kind: _srcset(photo, [each for each in plain if each.content_type == kind])
            for kind in dict.fromkeys(each.content_type for each in artifacts)
        },
    }
    return Encoded(json.dumps(document, indent=1).encode(), "json", "application/json")


def _srcset(photo: Photo, artifacts: Iterable[Artifact]) -> str:
    """Return the value of the attribute (HTML, 4.8.4.2.1) for the pictures with the photo's aspect ratio."""
    widths = {each.width: each.name for each in artifacts if _whole(photo, each)}
    return ", ".join(f"{name} {width}w" for width, name in sorted(widths.items()))


def _whole(photo: Photo, artifact: Artifact) -> bool:
    """Return whether the picture has the photo's aspect ratio, except for rounding."""
    expected = photo.height * artifact.width / photo.width
    return abs(artifact.height - expected) <= 1


def _colour(small: Image) -> str:
    """Return the centre of the most frequent group of similar colours."""
    quantized = small.quantize(5)
    _, index = max(quantized.getcolors() or [(0, 0)])
    palette = quantized.getpalette() or []
    return "#" + bytes(palette[3 * int(index) : 3 * int(index) + 3]).hex()  # type: ignore[call-overload]


def _blurhash(small: Image) -> str:
    data, (width, height) = small.tobytes(), small.size
    rows = [
        [tuple(data[at : at + 3]) for at in range(3 * width * row, 3 * width * (row + 1), 3)]
        for row in range(height)
    ]
    return str(blurhash.encode(rows, *PATCHES))

"""Pictures and jobs that the core's tests share."""

from collections.abc import Callable
from io import BytesIO

import pillow_heif
import pytest
from PIL import Image

from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.steps import Tools

LIMIT = 10_000_000

pillow_heif.register_heif_opener()

Encode = Callable[..., bytes]


@pytest.fixture(scope="session")
def encode() -> Encode:
    """Write a picture as a file: ``encode(image, "PNG", **options)``."""

    def write(image: Image.Image, kind: str, **options: object) -> bytes:
        file = BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    return write


@pytest.fixture(scope="session")
def colourful() -> Image.Image:
    """A picture of 96 x 64 in which every corner, row and column differs."""
    return Image.merge(
        "RGB",
        (
            Image.linear_gradient("L").resize((96, 64)),
            Image.linear_gradient("L").rotate(90).resize((96, 64)),
            Image.radial_gradient("L").resize((96, 64)),
        ),
    )


@pytest.fixture
def job() -> Job:
    return Job(
        id="0" * 32,
        recipe="gallery",
        source=Source("in", "incoming/a.jpg", "e", 1_000_000),
        execution="x1",
        uploaded_at="2026-01-01T00:00:00.000Z",
        accepted_at="2026-01-01T00:00:01.000Z",
    )


@pytest.fixture
def tools() -> Tools:
    return Tools(MemoryStore(), MemoryStore(), recipes.load("gallery"), LIMIT, LIMIT)

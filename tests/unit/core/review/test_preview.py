"""The small picture of an upload that whoever decides sees."""

from io import BytesIO

import pytest
from PIL import Image

from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.review.preview import preview
from core.steps import Tools


@pytest.fixture
def upload():
    file = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret"
    Image.new("RGB", (3000, 1500), "red").save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_it_is_small_upright_and_has_no_metadata(upload):
    store = MemoryStore({"a.jpg": upload})
    tools = Tools(store, store, recipes.load("gallery"))
    job = Job("0" * 32, "gallery", Source("", "a.jpg", "", len(upload)), "", "", "")
    data = preview(job, tools)
    with Image.open(BytesIO(data)) as made:
        assert (made.format, made.size) == ("JPEG", (1024, 512))
    assert b"secret" not in data

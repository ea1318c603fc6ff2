"""The fuzzer's knowledge of formats: what it takes apart it puts together as it was."""

from io import BytesIO
from random import Random

import pytest
from PIL import Image

from core.photo.signature import identify
from tools import parts
from tools.fuzz.mutants import seeds

FILES = [(identify(data), data) for data in seeds()]
KNOWN = [(name, data) for name, data in FILES if name in parts.FORMATS]


@pytest.mark.parametrize(("name", "data"), KNOWN, ids=[f"{name}-{n}" for n, (name, _) in enumerate(KNOWN)])
def test_an_unchanged_file_shows_the_same(name: str, data: bytes) -> None:
    split, join = parts.FORMATS[name]
    again = join(split(data))
    assert identify(again) == name
    if name not in {"avif", "heic"}:  # whose pixels are found by their place in the file, which is the same
        assert (
            Image.open(BytesIO(again)).convert("RGBA").tobytes()
            == Image.open(BytesIO(data)).convert("RGBA").tobytes()
        )
    else:
        assert again == data


@pytest.mark.parametrize("name", sorted(parts.FORMATS))
def test_a_changed_file_is_another_of_the_same_format(name: str) -> None:
    data = next(each for known, each in KNOWN if known == name)
    made = {parts.mutated(data, name, Random(seed)) for seed in range(50)}
    assert len(made) > 30
    assert sum(each[:4] == data[:4] for each in made) > 20

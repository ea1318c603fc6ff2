"""WebP files that end too early."""

import pytest
from PIL import Image

from core.errors import DamagedPhoto
from core.photo.decode import inspect, read


@pytest.mark.parametrize("missing", [1, 10, 100])
@pytest.mark.parametrize("look", [inspect, read])
def test_a_webp_that_ends_too_early_is_cut_off(encode, look, missing: int) -> None:
    data = encode(Image.effect_noise((64, 48), 90).convert("RGB"), "WEBP")
    assert look(data + b"more", 10_000)
    with pytest.raises(DamagedPhoto, match=r"^The WEBP file is cut off: its end is missing\.$"):
        look(data[:-missing], 10_000)

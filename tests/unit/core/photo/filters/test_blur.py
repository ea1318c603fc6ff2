from PIL import Image, ImageStat

from core.photo.filters.blur import apply

EXAMPLES = {"": {"radius": 2.0}}


def test_an_edge_becomes_a_ramp() -> None:
    image = Image.new("RGB", (60, 10))
    image.paste("white", (30, 0, 60, 10))
    tones = [apply(image, radius=5).getpixel((x, 5))[0] for x in (0, 25, 30, 35, 59)]
    assert tones == sorted(tones)
    assert tones[0] < 5 < tones[1] < 200 < tones[3] < 250 < tones[4]


def test_a_larger_radius_blurs_more() -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    spread = [ImageStat.Stat(apply(noise, radius=radius)).stddev[0] for radius in (1, 5)]
    assert spread[1] < spread[0]

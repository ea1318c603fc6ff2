import pytest
from PIL import Image, ImageChops, ImageStat

from core.photo.decode import decode, inspect
from core.recipe import Size

# Pillow warns of broken tags before it goes on without them.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

ORIENTATION = 0x0112
# How to lay an upright picture down so that the orientation's turn sets it up again.
LAID = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean absolute difference, 0 to 255, of the worst channel."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", LAID)
def test_every_orientation_comes_out_upright(
    encode, colourful: Image.Image, kind: str, orientation: int
) -> None:
    turn = LAID[orientation]
    laid = colourful if turn is None else colourful.transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options = {} if kind in {"PNG", "TIFF"} else {"quality": 95}
    data = encode(laid, kind, exif=exif, **options)
    upright = decode(data, 10_000)
    assert difference(upright, colourful) < 4
    assert (inspect(data, 10_000).width, inspect(data, 10_000).height) == colourful.size
    assert not upright.info
    assert not upright.getexif()


@pytest.mark.parametrize("orientation", LAID)
def test_a_reduced_decode_is_upright_too(encode, colourful: Image.Image, orientation: int) -> None:
    large = colourful.resize((960, 640))
    turn = LAID[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = encode(large if turn is None else large.transpose(turn), "JPEG", exif=exif, quality=95)
    upright = decode(data, 10**6, [Size("small", 96, 64, "inside")])
    assert upright.size == (120, 80)
    assert difference(upright.resize(colourful.size), colourful) < 4


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_unknown_orientation_is_upright(encode, colourful: Image.Image, value: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = value
    assert difference(decode(encode(colourful, "PNG", exif=exif), 10_000), colourful) == 0


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"rubbish"]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_does_not_hurt_a_sound_photo(
    encode, colourful: Image.Image, kind: str, exif: bytes
) -> None:
    assert decode(encode(colourful, kind, exif=exif), 10_000).size == colourful.size

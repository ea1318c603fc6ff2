from PIL import Image, ImageChops, ImageOps, ImageStat

from bench import photo_set
from bench.photo_set import Format, dimensions, make


def test_sizes_formats_and_orientations_take_turns(tmp_path):
    made = list(make(tmp_path / "set", 8, [0.02, 0.01], [Format.JPEG, Format.PNG], seed=1))
    opened = [Image.open(path) for path in made]
    assert [picture.format for picture in opened] == ["JPEG", "JPEG", "PNG", "PNG"] * 2
    upright = [ImageOps.exif_transpose(picture) for picture in opened]
    assert [picture.size for picture in upright] == [dimensions(0.02), dimensions(0.01)] * 4
    assert [picture.getexif()[274] for picture in opened] == list(range(1, 9))


def test_equal_seeds_make_equal_pictures(tmp_path):
    def picture(name, seed):
        (path,) = make(tmp_path / name, 1, [0.01], [Format.PNG], seed)
        return Image.open(path).convert("RGB")

    assert not ImageChops.difference(picture("a", 1), picture("b", 1)).getbbox()
    assert ImageStat.Stat(ImageChops.difference(picture("c", 1), picture("d", 2))).mean != [0, 0, 0]


def test_a_photo_is_upright_where_its_orientation_is_obeyed(tmp_path, monkeypatch):
    scene = Image.effect_noise((60, 40), 80).convert("RGB")
    monkeypatch.setattr(photo_set, "camera_like", lambda *_: scene)
    for path in make(tmp_path, 8, [0.01], [Format.PNG], seed=1):
        shown = ImageOps.exif_transpose(Image.open(path))
        assert shown.size == scene.size
        assert not ImageChops.difference(shown, scene).getbbox(), path.name

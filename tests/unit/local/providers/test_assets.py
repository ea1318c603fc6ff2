import io
import zipfile

import pytest

from local.providers import assets, wire
from local.providers.resource import ProviderError


def asset(**members):
    return {wire.SIGNATURE: wire.ASSET, **members}


def archive(**members):
    return {wire.SIGNATURE: wire.ARCHIVE, **members}


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_texts_and_files(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\x00\x01")
    assert assets.read(asset(text="héllo")) == "héllo".encode()
    assert assets.read(asset(text="")) == b""
    assert assets.read(asset(path=str(tmp_path / "a.bin"))) == b"\x00\x01"


def test_an_archive_file_is_taken_as_it_is(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"bytes of a zip")
    assert assets.read(archive(path=str(tmp_path / "a.zip"))) == b"bytes of a zip"


def test_folders_and_assets_are_packed(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "b.py").write_text("b")
    content = assets.read(archive(assets={"a.py": asset(text="a"), "src": archive(path=str(tmp_path))}))
    assert unpacked(content) == {"a.py": b"a", "src/lib/b.py": b"b"}


def test_packing_twice_gives_the_same_bytes(tmp_path):
    (tmp_path / "a.py").write_text("a")
    assert assets.read(archive(path=str(tmp_path))) == assets.read(archive(path=str(tmp_path)))


def test_what_is_elsewhere_is_refused():
    with pytest.raises(ProviderError, match=r"not https://example\.com/a"):
        assets.read(asset(uri="https://example.com/a"))

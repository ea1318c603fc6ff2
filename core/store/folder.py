"""The object store port on a folder of this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from core.errors import ObjectMissing, StoreError
from core.files import write_whole
from core.ports import Upload, check_size


class FolderStore:
    """A folder whose files are the objects; a key is a path below it."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """See :meth:`core.ports.ObjectStore.get`; a folder keeps no versions and ignores ``upload``."""
        path = self.path(key)
        try:
            with path.open("rb") as file:
                check_size(os.fstat(file.fileno()).st_size, max_bytes)
                return file.read(max_bytes)
        except FileNotFoundError:
            raise ObjectMissing(f"There is no file {key!r}.") from None
        except OSError as error:
            raise StoreError(f"The file {key!r} can't be read: {error.strerror}.") from error

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """See :meth:`core.ports.ObjectStore.put`; the file is written atomically."""
        path = self.path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise StoreError(f"The file {str(path)!r} can't be written: {error.strerror}.") from error

    def path(self, key: str) -> Path:
        """Return the object's file.

        Raises:
            StoreError: The key leads out of the folder.
        """
        path = (self._root / key).resolve()
        if not path.is_relative_to(self._root):
            raise StoreError(f"The key {key!r} leads out of the folder.")
        return path


def write_all(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files by name into ``folder``, which is created; write none if one cannot be written.

    Raises:
        StoreError: A file cannot be written.
    """
    drafts = FolderStore(folder)
    fresh = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        for name, data in files.items():
            drafts.put(f".{name}.draft", data, "")
    except StoreError:
        for name in files:
            with suppress(OSError):
                drafts.path(f".{name}.draft").unlink()
        for each in fresh:
            with suppress(OSError):  # it may contain another photo's outputs
                each.rmdir()
        raise
    for name in files:
        drafts.path(f".{name}.draft").rename(drafts.path(name))

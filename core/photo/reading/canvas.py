"""Compose the frames of an animation as browsers show them (GIF89a, section 23; PNG, section 11.3.6).

The canvas starts transparent; a file's background colour is ignored. Each frame covers a part of it. After
the frame was shown, that part is kept, cleared, or restored to what it was before.
"""

from __future__ import annotations

from enum import Enum, auto

from PIL.Image import Image, new


class Disposal(Enum):
    """How a frame's part of the canvas is treated before the next frame is drawn."""

    KEEP = auto()
    CLEAR = auto()
    RESTORE = auto()


class Canvas:
    """The canvas on which the frames of an animation are composed."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._shown = new("RGBA", size)
        self._dispose = Disposal.KEEP
        self._part = (0, 0, 0, 0)
        self._before: Image | None = None

    def show(self, picture: Image, at: tuple[int, int], disposal: Disposal, *, over: bool = True) -> Image:
        """Return the canvas with an RGBA ``picture`` drawn at this place, ``over`` it or replacing it.

        Parts outside the canvas are cut off.
        """
        self._clean()
        left, top = at
        room = max(0, self._shown.width - left), max(0, self._shown.height - top)
        if picture.width > room[0] or picture.height > room[1]:
            picture = picture.crop((0, 0, min(picture.width, room[0]), min(picture.height, room[1])))
        self._dispose, self._part = disposal, (left, top, left + picture.width, top + picture.height)
        self._before = self._shown.crop(self._part) if disposal is Disposal.RESTORE else None
        if not picture.width or not picture.height:
            return self._shown.copy()
        if over:
            self._shown.alpha_composite(picture, at)
        else:
            self._shown.paste(picture, at)
        return self._shown.copy()

    def _clean(self) -> None:
        if self._dispose is Disposal.CLEAR:
            self._shown.paste((0, 0, 0, 0), self._part)
        elif self._before:
            self._shown.paste(self._before, self._part)

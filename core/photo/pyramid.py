"""Make several sizes of one picture, the smaller ones from the larger ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PIL.Image import Image

from core.photo.film import Film, of_one_mode
from core.photo.resize import resize, scale_for, settled
from core.recipe import Size

# A size made from another one at least this much larger is indistinguishable from one made from the photo.
HEADROOM = 1.5


def pyramid(photo: Image, sizes: Iterable[Size], whole: tuple[int, int]) -> dict[str, Image]:
    """Return the picture of each size by name, in the order of ``sizes``.

    ``whole`` is the photo's size in pixels; ``photo`` may already be reduced.

    Each is made from the smallest existing picture that shows all of the photo and is large enough,
    so that several sizes cost little more than the largest.
    """

    def scale(size: Size) -> float:
        return scale_for(*whole, size)

    sizes = tuple(sizes)
    sources, made = [(1.0, photo)], {}
    for size in sorted(sizes, key=scale, reverse=True):
        source = next(image for at, image in reversed(sources) if at == 1 or at >= scale(size) * HEADROOM)
        made[size.name] = resize(source, size, whole)
        if size.fit == "inside":
            sources.append((scale(size), made[size.name]))
    return {size.name: made[size.name] for size in sizes}


def needed_for(size: Size, sizes: Iterable[Size], whole: tuple[int, int]) -> tuple[Size, ...]:
    """Return those of ``sizes`` that the picture of ``size``, one of them, depends on."""
    least = scale_for(*whole, size) * HEADROOM
    return tuple(
        each for each in sizes if each == size or (each.fit == "inside" and scale_for(*whole, each) >= least)
    )


def films(film: Film, sizes: Iterable[Size], whole: tuple[int, int]) -> dict[str, Film]:
    """Return each size of all the film's pictures; all are cropped like the first."""
    sizes = tuple(settled(size, film.first, whole) if film.animated else size for size in sizes)
    made = [pyramid(frame, sizes, whole) for frame in film.frames]
    return {size.name: replace(film, frames=of_one_mode(each[size.name] for each in made)) for size in sizes}

"""The data model of a recipe: sizes, filters and output formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from core.job import Photo
from core.parameters import Between, Colour

FILTERED = "filtered"
AUTO = "auto"
Fit = Literal["inside", "cover", "contain", "exact"]
Pixels = Annotated[int, Between(1, 10_000)]
Side = Annotated[int, Between(1, 100_000)]
Share = Annotated[float, Between(0, 1)]


@dataclass(frozen=True)
class Size:
    """A box in pixels, and how a photo is fitted into it; a photo is never enlarged.

    ``crop`` says which part "cover" keeps: the part around the focus, in shares of the photo's width and
    height, or the part with the highest entropy.
    """

    name: str
    width: Pixels
    height: Pixels
    fit: Fit = "inside"
    crop: Literal["focus", "entropy"] = "focus"
    focus_x: Share = 0.5
    focus_y: Share = 0.5


@dataclass(frozen=True)
class FilterCall:
    """A filter's name and the parameters it is called with."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class OutputFormat:
    """An encoder's name and its settings; an encoder ignores settings that do not apply to it.

    ``effort`` is the time spent on a smaller file.
    "auto" is the smallest of several encodings whose SSIM to the picture is at least ``similarity``.
    ``animation`` says whether to write its first frame or, in formats that support it, all frames.
    """

    format: str
    quality: Annotated[int, Between(1, 100)] = 80
    progressive: bool = True
    effort: Annotated[int, Between(0, 6)] = 4
    similarity: Annotated[float, Between(0.5, 0.999)] = 0.95
    animation: Literal["first", "keep"] = "first"


@dataclass(frozen=True)
class Sheet:
    """Some frames of an animation side by side, each in a box of ``width`` x ``height`` pixels.

    They are chosen evenly, at most ``columns`` x ``rows``; a still photo has no sheet.
    """

    name: str
    columns: Annotated[int, Between(1, 10)] = 4
    rows: Annotated[int, Between(1, 10)] = 3
    width: Annotated[int, Between(8, 512)] = 160
    height: Annotated[int, Between(8, 512)] = 160


@dataclass(frozen=True)
class Options:
    """Settings for all outputs.

    ``background`` replaces transparency where a format has none; ``copyright`` keeps the photo's own;
    ``larger`` allows a picture of the photo's own width and height to have more bytes than the upload;
    ``manifest`` adds a file that describes how to show the outputs in a page.
    """

    background: Annotated[str, Colour()] = "#ffffff"
    copyright: bool = False
    larger: bool = False
    manifest: bool = False


@dataclass(frozen=True)
class ReviewRules:
    """Which photos a person has to decide about, in a stack that asks about flagged photos.

    Those that are an animation, have several pages, tell where they were taken, or whose colours are not RGB;
    those with a side shorter than ``min_side`` or longer than ``max_side`` pixels.
    """

    animated: bool = False
    pages: bool = False
    location: bool = False
    not_rgb: bool = False
    min_side: Side = 0
    max_side: Side = 0


def kept(photo: Photo, options: Options) -> Photo:
    """Return what may be recorded of the photo: without its copyright unless the recipe keeps it."""
    return photo if options.copyright else replace(photo, copyright="")


@dataclass(frozen=True)
class Recipe:
    """Everything that is made of one photo.

    ``sizes`` become plain renditions; ``filters``, if any, make one more, called ``filtered``, in the box
    of the first size; an animation has ``sheets``, too. Each is written in every one of ``outputs``.
    ``review`` says which photos a person has to decide about.
    ``table`` is the content of the file, if the recipe was read from one.
    """

    name: str
    sizes: tuple[Size, ...]
    filters: tuple[FilterCall, ...]
    outputs: tuple[OutputFormat, ...]
    options: Options = Options()
    sheets: tuple[Sheet, ...] = ()
    review: ReviewRules = ReviewRules()
    table: Mapping[str, Any] | None = field(default=None, compare=False)

    @property
    def animated(self) -> bool:
        """Whether more than the first picture of an animation is needed."""
        return bool(self.sheets) or any(output.animation == "keep" for output in self.outputs)

    @property
    def boxes(self) -> tuple[Size, ...]:
        """The sizes, and those that sheets need: they determine how large a photo must be decoded."""
        return (*self.sizes, *(Size(sheet.name, sheet.width, sheet.height) for sheet in self.sheets))

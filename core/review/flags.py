"""The reasons why a person has to decide about a photo, each with a name and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.job import Photo
from core.recipe import ReviewRules

if TYPE_CHECKING:  # needs Pillow, which the names of flags do not
    from core.photo.decode import Traits

NONE, FLAGGED, ALWAYS = "none", "flagged", "always"
MODES = (NONE, FLAGGED, ALWAYS)  # the values of the setting "review"

FLAGS: Mapping[str, str] = {
    "always": "every photo is reviewed",
    "animated": "it is an animation",
    "pages": "it has several pages",
    "location": "it tells where it was taken",
    "not_rgb": "its colours are not RGB",
    "small": "it is smaller than the recipe wants",
    "large": "it is larger than the recipe wants",
}


def flags(mode: str, rules: ReviewRules, photo: Photo, traits: Traits) -> tuple[str, ...]:
    """Return the names of the flags that a stack with this ``review`` setting gives the photo."""
    if mode not in (FLAGGED, ALWAYS):
        return ()
    found = {
        "always": mode == ALWAYS,
        "animated": rules.animated and traits.animated,
        "pages": rules.pages and traits.pages,
        "location": rules.location and traits.located,
        "not_rgb": rules.not_rgb and not traits.rgb,
        "small": min(photo.width, photo.height) < rules.min_side,
        "large": 0 < rules.max_side < max(photo.width, photo.height),
    }
    return tuple(name for name in FLAGS if found[name])

"""Which photos a person has to decide about."""

import pytest

from core.job import Photo
from core.photo.decode import Traits
from core.recipe import ReviewRules
from core.review.flags import FLAGS, flags

PHOTO = Photo("JPEG", 1600, 1200, 1)
PLAIN = Traits(animated=False, pages=False, located=False, rgb=True)
ODD = Traits(animated=True, pages=True, located=True, rgb=False)
ALL = ReviewRules(animated=True, pages=True, location=True, not_rgb=True, min_side=1201, max_side=1599)


@pytest.mark.parametrize(
    ("mode", "rules", "traits", "found"),
    [
        ("", ALL, ODD, ()),
        ("none", ALL, ODD, ()),
        ("flagged", ReviewRules(), ODD, ()),
        ("flagged", ALL, PLAIN, ("small", "large")),
        ("flagged", ALL, ODD, ("animated", "pages", "location", "not_rgb", "small", "large")),
        ("flagged", ReviewRules(min_side=1200, max_side=1600), PLAIN, ()),
        ("flagged", ReviewRules(location=True), ODD, ("location",)),
        ("always", ReviewRules(), PLAIN, ("always",)),
        ("always", ReviewRules(not_rgb=True), ODD, ("always", "not_rgb")),
    ],
)
def test_a_photo_has_the_flags_that_its_recipe_asks_for(mode, rules, traits, found):
    assert flags(mode, rules, PHOTO, traits) == found


def test_every_rule_has_a_flag_and_every_flag_words():
    assert set(flags("always", ALL, PHOTO, ODD)) == set(FLAGS)
    assert all(words.startswith(("it ", "its ", "every ")) for words in FLAGS.values())

import pytest

from core.deployment.limits import SUFFIXES
from core.errors import NotAsDeclared
from core.store.declared import TYPES, check, declared, key_of

UPLOAD = "0f" * 32


def test_every_suffix_that_starts_a_job_has_a_type():
    assert tuple(TYPES) == SUFFIXES


@pytest.mark.parametrize("prefix", ["", "incoming/", "a/door/"])
def test_the_key_says_what_was_declared(prefix):
    key = key_of(prefix, UPLOAD, 12, ".png")

    check(key, 12, "image/png")
    with pytest.raises(NotAsDeclared, match="13 bytes; 12 were declared"):
        check(key, 13, "image/png")
    with pytest.raises(NotAsDeclared, match="came as 'text/html'; image/png was declared"):
        check(key, 12, "text/html")


@pytest.mark.parametrize(
    "key",
    ["incoming/a.jpg", "incoming/door/a.jpg", f"incoming/door/{UPLOAD}/12.exe", f"door/{UPLOAD}/x/12.jpg",
     f"xdoor/{UPLOAD}/12.jpg", f"incoming/door/{UPLOAD}/\u0661.jpg"],
)  # fmt: skip
def test_of_other_uploads_nothing_is_declared(key):
    assert declared(key) is None
    check(key, 1, "any/thing")

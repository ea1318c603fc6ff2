import re

from local.providers.naming import AutoName


def test_name_ends_in_random_digits_of_the_seed():
    rule = AutoName()
    assert re.fullmatch(r"photos-[0-9a-f]{7}", rule.make("photos", b"seed"))
    assert rule.make("photos", b"seed") == rule.make("photos", b"seed")
    assert rule.make("photos", b"seed") != rule.make("photos", b"other")


def test_name_without_a_seed_is_random():
    assert AutoName().make("photos", b"") != AutoName().make("photos", b"")


def test_long_name_is_cut_before_the_digits():
    name = AutoName(max_length=20).make("a" * 50, b"seed")
    assert len(name) == 20
    assert re.search(r"a-[0-9a-f]{7}$", name)


def test_name_leaves_out_what_the_cloud_forbids():
    rule = AutoName(lower=True, forbidden=r"[^a-z0-9.-]")
    assert rule.make("My_Photos", b"seed").startswith("myphotos-")


def test_parts_of_a_resource_keep_their_own_name():
    assert AutoName(separator="", random_digits=0).make("uploads", b"seed") == "uploads"

import pytest

from core.recovery.seen import Seen


@pytest.fixture
def seen():
    made = Seen(megabytes=1)
    for number in range(1000):
        made.add(f"incoming/{number}.jpg", "etag")
    return made


def test_what_was_added_is_in_it(seen):
    assert all((f"incoming/{number}.jpg", "etag") in seen for number in range(1000))


def test_what_was_not_is_not(seen):
    assert not any((f"incoming/{number}.jpg", "etag") in seen for number in range(1000, 20_000))
    assert ("incoming/1.jpg", "another") not in seen


def test_a_key_of_any_characters_can_be_added(seen):
    for key in ("a\nb", "\udcff", "x" * 1024, ""):
        seen.add(key, "e")
        assert (key, "e") in seen


def test_two_filters_do_not_share_their_mistakes():
    crowded = [Seen(megabytes=1) for _ in range(2)]
    for each in crowded:
        each._bits = bytearray(2**14)
        for number in range(20_000):
            each.add(str(number), "e")
    wrong = [{number for number in range(20_000) if (f"other {number}", "e") in each} for each in crowded]
    assert min(map(len, wrong)) > 500
    assert len(wrong[0] & wrong[1]) < min(map(len, wrong)) // 2

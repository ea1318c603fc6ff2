"""The fuzzer that runs for longer elsewhere, for a moment."""

import random
from itertools import islice

import pytest

from tools.fuzz.mutants import mutants, seeds
from tools.fuzz.outcome import RECIPES, outcome

# Pillow warns of broken tags before it goes on without them.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def test_what_it_begins_with_is_sound() -> None:
    assert {outcome(data, 10) for data in seeds()} == {"photo", "animation"}
    assert {outcome(data, 10, recipe) for data in seeds() for recipe in RECIPES} == {"processed"}


def test_changed_files_end_as_photos_or_as_errors_of_our_own() -> None:
    outcomes = [outcome(data, 10) for data in islice(mutants(random.Random(7)), 1000)]
    assert not [each for each in outcomes if each.startswith("!")]
    assert {"photo", "animation", "DamagedPhoto"} < set(outcomes)


def test_changed_files_are_processed_or_end_as_errors_of_our_own() -> None:
    chosen = RECIPES[1]
    outcomes = [outcome(data, 10, chosen) for data in islice(mutants(random.Random(8)), 40)]
    assert not [each for each in outcomes if each.startswith("!")]
    assert {"processed", "DamagedPhoto"} < set(outcomes)


def test_a_seed_always_makes_the_same_files() -> None:
    once, again = (list(islice(mutants(random.Random(7)), 20)) for _ in range(2))
    assert once == again

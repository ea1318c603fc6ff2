"""All steps of a job work on the bytes of its upload, and with the recipe that its first step read."""

from dataclasses import replace

import pytest

from core import recipes
from core.errors import RecipeError, Superseded
from core.job import Job
from core.steps import Tools, execute


def with_recipe(tools: Tools, name: str, **changes: object) -> Tools:
    return replace(tools, recipe=replace(recipes.load(name), **changes))


@pytest.fixture
def uploaded(job: Job, tools: Tools, encode, colourful) -> Job:
    tools.input.objects[job.source.key] = encode(colourful, "JPEG")
    return job


def test_an_overwritten_upload_is_rejected_by_a_gate(uploaded: Job, tools: Tools) -> None:
    tools.input.etags[uploaded.source.key] = "of the newer upload"
    for step in ("validate", "process"):
        done = execute(step, uploaded, tools)
        assert done.error is not None
        assert done.error.name == "Superseded"


@pytest.mark.parametrize("step", ["resize", "apply_filters"])
def test_a_photo_that_is_overwritten_between_steps_is_rejected(
    uploaded: Job, tools: Tools, step: str
) -> None:
    valid = execute("validate", uploaded, tools)
    tools.input.etags[uploaded.source.key] = "of the newer upload"
    with pytest.raises(Superseded):
        execute(step, valid, tools)
    assert not tools.output.objects


def test_a_job_is_made_by_the_recipe_it_was_claimed_under(uploaded: Job, tools: Tools) -> None:
    done = execute("process", uploaded, with_recipe(tools, "vintage"))
    assert {each.name for each in done.artifacts} == {
        each.name for each in execute("process", uploaded, tools).artifacts
    }
    assert done.recipe_table == tools.recipe.table


def test_a_recipe_that_is_edited_between_steps_changes_no_job(uploaded: Job, tools: Tools) -> None:
    valid = execute("validate", uploaded, tools)
    assert valid.recipe_table is not None
    table = {**valid.recipe_table, "outputs": [{"format": "png"}]}
    edited = replace(tools, recipe=recipes.parse("gallery", table))

    made = execute("optimize", execute("resize", valid, edited), edited)

    assert {each.name.rpartition(".")[2] for each in made.artifacts} == {"jpg", "webp"}
    afresh = execute("optimize", execute("resize", execute("validate", uploaded, edited), edited), edited)
    assert {each.name.rpartition(".")[2] for each in afresh.artifacts} == {"png"}


def test_a_recipe_that_is_gone_is_named(uploaded: Job, tools: Tools) -> None:
    with pytest.raises(RecipeError, match="There is no recipe 'gone'"):
        execute("validate", replace(uploaded, recipe="gone"), tools)

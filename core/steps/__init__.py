"""The steps of the workflow, one file each, found by name.

A step file has ``READS`` and ``WRITES``, the places that it may access (they become its permissions on both
clouds), and ``run(job, tools)``, which returns the job with the step's additions. ``run`` rejects a photo by
raising a :class:`~core.errors.PhotoError` or by setting the job's ``error``. A step whose purpose is to
reject photos is a gate, ``GATE = True``: a rejection is then not an error of the function, and its trace is
kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from core import errors
from core.deployment.limits import DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS
from core.errors import PhotoError, SetupError, message_of, wire_names
from core.job import AGAIN, Job, Problem, merge
from core.photo import memory
from core.ports import ObjectStore
from core.recipe import Recipe
from core.store.timed import TimedStore
from core.store.write_behind import WriteBehind
from core.trace import Stopwatch

if TYPE_CHECKING:  # a deployed step reads no workflow
    from core.workflow.model import Place


@dataclass(frozen=True)
class Tools:
    """The tools of a step.

    ``max_bytes`` and ``max_pixels`` are the deployment's limits for an upload; ``review`` says which photos a
    person has to decide about: see :mod:`core.review.flags`.
    """

    input: ObjectStore
    output: ObjectStore
    recipe: Recipe
    max_bytes: int = DEFAULT_MAX_BYTES
    max_pixels: int = DEFAULT_MAX_PIXELS
    review: str = ""


class StepModule(Protocol):
    """The shape of a step file."""

    READS: frozenset[Place]
    WRITES: frozenset[Place]

    def run(self, job: Job, tools: Tools) -> Job:
        """Return the job with the step's additions."""


def load(name: str) -> StepModule:
    """Import the step's file, and no other step's: a worker loads only what it runs.

    Raises:
        SetupError: There is no such step.
    """
    try:
        return cast(StepModule, import_module(f"core.steps.{name}"))
    except ModuleNotFoundError as error:
        if error.name != f"core.steps.{name}":
            raise
        raise SetupError(f"There is no step {name!r}: core/steps/{name}.py does not exist.") from None


def access(name: str) -> tuple[frozenset[Place], frozenset[Place]]:
    """Return the places that the step reads and writes."""
    module = load(name)
    return module.READS, module.WRITES


def is_gate(name: str) -> bool:
    """Return whether the step is a gate; most are not and do not set ``GATE``."""
    return bool(getattr(load(name), "GATE", False))


def execute(name: str, jobs: Job | list[Job], tools: Tools, attempt: int = 1) -> Job:
    """Run one step on a job, or on the jobs that parallel branches returned, and add its trace entry.

    The step's puts run in the background while it continues, and are complete when this returns.

    Raises:
        PhotoError: The step rejects the photo and is not a gate. A gate returns the job with ``error`` set.
    """
    job = merge(jobs) if isinstance(jobs, list) else jobs
    recipe = recipe_of(job, tools.recipe)
    job = replace(job, recipe_table=recipe.table)
    stopwatch = Stopwatch(name, attempt)
    with memory.of_a_step(), WriteBehind(tools.output) as uploads:
        metered = replace(
            tools,
            input=TimedStore(tools.input, stopwatch),
            output=TimedStore(uploads, stopwatch),
            recipe=recipe,
        )
        done = _run(name, job, metered)
        with stopwatch.waiting("upload"):
            uploads.finish()
    # Only a gate returns a job with an error: from any other step, the error is raised.
    return replace(done, trace=(*done.trace, stopwatch.stop(rejected=done.error is not None)))


def recipe_of(job: Job, current: Recipe) -> Recipe:
    """Return the recipe that the job was claimed under; the worker's ``current`` one may be another by now.

    Its first step reads the file of that name; later steps use what the first one read, so that all outputs
    of a job are made by one recipe.

    Raises:
        RecipeError: There is no recipe of that name any more.
    """
    name, _, _ = job.recipe.partition(AGAIN)
    if name == current.name and job.recipe_table in (None, current.table):
        return current
    from core import recipes  # needed only by jobs that were under way when the recipe was changed

    if job.recipe_table is None:
        return recipes.load(name)
    return recipes.parse(name, job.recipe_table)


def _run(name: str, job: Job, tools: Tools) -> Job:
    try:
        done = load(name).run(job, tools)
    except PhotoError as error:
        if is_gate(name):
            return replace(job, error=Problem(type(error).__name__, message_of(error)))
        if type(error).__name__ in wire_names(PhotoError):
            raise
        raise PhotoError(str(error)) from error  # the workflow's tables list the errors of core.errors only
    if done.error and not is_gate(name):
        known = done.error.name in wire_names(PhotoError)
        raise getattr(errors, done.error.name if known else PhotoError.__name__)(done.error.message)
    return done

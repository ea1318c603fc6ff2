"""The usage of a month: the one model behind ``twinlens estimate`` and the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from compare.billing.reading import MeterReading
from compare.cost.exact import exact
from compare.metering import planned, scaled
from compare.metering.assumptions import BOUNDS, Bound
from compare.metering.batch import of_items, overhead
from compare.metering.clouds import cloud_of
from compare.metering.front_door import Counted
from compare.metering.load import JobLoad
from compare.metering.planned import Photos
from compare.metering.stack import Stack
from compare.metering.viewing import VIEWS
from core.batch.items import AT_ONCE
from core.recipe import Recipe
from core.workflow.model import Workflow

ALL = sys.maxsize  # of a month's photos come in batches


@dataclass(frozen=True)
class _PerPhoto:
    """The usage of some photos: in proportion to their number, piling up month by month, or shared.

    One of their results has ``result_bytes`` on average. ``calls`` of a front door were counted for them.
    """

    photos: int
    metered: tuple[MeterReading, ...]
    kept: tuple[MeterReading, ...]
    shared: Callable[[int, Bound], tuple[MeterReading, ...]]
    result_bytes: Decimal
    calls: Counted | None


@dataclass(frozen=True)
class Month:
    """A month in which photos like some others arrive, by ``bound`` of what is not known about the bill.

    Behind a front door, the results of each are looked at ``views`` times. ``batched`` of them come in
    batches.
    """

    stack: Stack
    workflow: Workflow
    views: int
    _by_bound: Mapping[Bound, _PerPhoto]
    _items: Mapping[Bound, _PerPhoto]  # of batches, which may run otherwise
    batched: int = 0

    @classmethod
    def measured(
        cls,
        stack: Stack,
        workflow: Workflow,
        loads: Iterable[JobLoad],
        views: int = VIEWS,
        batched: int = 0,
    ) -> Month:
        """Return months of photos like those of a run; if it is of a batch, all are ``batched``."""
        sums = _count(stack, loads)
        found = {bound: _per_photo(stack, sums, bound) for bound in BOUNDS}
        return cls(stack, workflow, views, found, found, batched)

    @classmethod
    def planned(
        cls, stack: Stack, workflow: Workflow, recipe: Recipe, photos: Photos, batched: int = 0
    ) -> Month:
        """Return months of photos that are only described, if every one succeeds at the first attempt."""

        def on(stack: Stack, photos: Photos) -> Mapping[Bound, _PerPhoto]:
            loads = {bound: planned.loads(stack, workflow, recipe, photos, bound) for bound in BOUNDS}
            return {bound: _per_photo(stack, _count(stack, loads[bound]), bound) for bound in BOUNDS}

        found = on(stack, photos)
        items = on(of_items(stack), replace(photos, at_once=AT_ONCE)) if batched else found
        return cls(stack, workflow, photos.views, found, items, batched)

    def usage(self, images: int, bound: Bound = "expected", age: int = 1) -> tuple[MeterReading, ...]:
        """Return the usage of a month with ``images`` photos, standing and idle usage included.

        ``age`` counts the months since the first photos: what they left behind is stored again each month.
        Storage is metered as if all photos of a month arrived on its first day.
        """
        cloud = cloud_of(self.stack)
        with exact():
            return (
                *self.of_photos(images, bound, age),
                *cloud.idle(self.stack, images - min(images, self.batched), bound),
                *cloud.standing(self.stack, self.workflow),
                *cloud.reconciling(self.stack, images, images * age, bound),
            )

    def of_photos(self, images: int, bound: Bound = "expected", age: int = 1) -> tuple[MeterReading, ...]:
        """Return the usage of the photos alone: how they come, are processed, kept and looked at."""
        known, items = self._by_bound[bound], min(images, self.batched)
        with exact():
            return (
                *_scaled(known, images - items, bound, age),
                *self.of_batches(items, bound, age),
                *self._through_the_door(images, images - items, known, bound),
            )

    def of_batches(self, items: int, bound: Bound = "expected", age: int = 1) -> tuple[MeterReading, ...]:
        """Return the usage of so many photos that batches process, but not of looking at their results."""
        with exact():
            photos = _scaled(self._items[bound], items, bound, age)
            return (*photos, *overhead(self.stack, self.workflow, items))

    def _through_the_door(
        self, images: int, entering: int, known: _PerPhoto, bound: Bound
    ) -> tuple[MeterReading, ...]:
        """Return the usage of photos that enter there, and of all results that are looked at."""
        if not self.stack.front_door or not images:
            return ()
        cloud = cloud_of(self.stack)
        return (
            *cloud.entering(self.stack, entering, bound, known.calls),
            *cloud.viewing(self.stack, Decimal(images * self.views), known.result_bytes, bound),
        )


def _scaled(known: _PerPhoto, images: int, bound: Bound, age: int) -> tuple[MeterReading, ...]:
    """Return the usage of so many photos."""
    if not images:
        return ()
    factor = Decimal(images) / known.photos
    shared = known.shared(images, bound)
    names = {each.meter for each in shared}
    own = scaled((each for each in known.metered if each.meter not in names), factor)
    older = scaled(known.kept, factor * (age - 1)) if age > 1 else ()
    before = tuple(replace(each, formula=f"{age - 1} months before: {each.formula}") for each in older)
    return (*own, *shared, *before)


@dataclass(frozen=True)
class _Sums:
    """Photos: their number, the average bytes of one result, calls for them, and the sums of their cloud."""

    photos: int
    result_bytes: Decimal
    calls: Counted | None
    of_cloud: Any


def _count(stack: Stack, loads: Iterable[JobLoad]) -> _Sums:
    found = tuple(loads)
    results = sum(load.count * load.outputs for load in found)
    result_bytes = sum(load.count * load.output_bytes for load in found)
    return _Sums(
        sum(load.count for load in found),
        Decimal(result_bytes // results if results else 0),
        Counted.of(found),
        cloud_of(stack).count(stack, found),
    )


def _per_photo(stack: Stack, found: _Sums, bound: Bound) -> _PerPhoto:
    cloud, sums = cloud_of(stack), found.of_cloud
    with exact():
        return _PerPhoto(
            photos=found.photos,
            result_bytes=found.result_bytes,
            calls=found.calls,
            metered=cloud.meter(stack, sums, bound),
            kept=cloud.kept(stack, sums, bound),
            shared=partial(cloud.shared, stack, sums),
        )

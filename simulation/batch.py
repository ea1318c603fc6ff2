"""A batch in simulated time: one execution of a workflow with a Map, whose items are executions, too."""

from __future__ import annotations

from dataclasses import replace

from compare.metering.batch import ORCHESTRATORS
from core.batch.items import TOLERATED
from core.job import Batch
from core.workflow.batch import batch_of
from core.workflow.granularity import pipeline_in
from simulation.compiled import flow as compiled
from simulation.execution import Execution
from simulation.remembered import Played
from simulation.remembered import flow as interpreted
from simulation.replay_host import PHOTO
from simulation.workload import Workload

FLOWS = {"aws": compiled, "azure": interpreted}


def program(cloud: str, granularity: str, batch: Batch) -> Played:
    """Return the program of the one execution that a batch is."""
    workflow = batch_of(pipeline_in(granularity))
    document = replace(PHOTO, batch=batch).to_document()
    return Played(FLOWS[cloud](workflow), workflow.timeout_seconds, document)


def execution(workload: Workload) -> Execution:
    """Return the execution that the workload's batch is, at its beginning."""
    given = workload.arrivals
    batch = Batch(given.count, given.at_once, TOLERATED)
    made = program(workload.platform.cloud, workload.workflow.granularity, batch)
    return Execution(-1, 0.0, given.count, made, counted=False)


def as_items(workload: Workload) -> Workload:
    """Return a workload on the orchestrator that runs the items of batches."""
    platform = workload.platform
    if workload.arrivals.kind != "batch" or platform.cloud not in ORCHESTRATORS:
        return workload
    return replace(
        workload, platform=replace(platform, name=f"{platform.cloud}.{ORCHESTRATORS[platform.cloud]}")
    )

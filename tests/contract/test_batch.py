"""Batches: the compiled form and every interpreter run each item once, and tell the same of it."""

import json

import on_aws
import on_azure
import pytest
import scripted
import simulated
from in_memory import Memory
from outcome import CONTAINER, ETAG, SIZE, calls, timeless

from components.aws.state_machine.distributed_map import SUMMARIZE
from components.aws.state_machine.references import function
from core.batch import items
from core.batch.summary import NAME
from core.job import Batch, Job, Source, job_id
from core.ports import Upload
from core.store.folder import FolderStore
from core.workflow import activities
from core.workflow.batch import batch_of
from core.workflow.granularity import STEPWISE, pipeline_in
from handlers.aws.intake import event as s3_event
from handlers.azure.intake import event as blob_event

WORKFLOW = batch_of(pipeline_in(STEPWISE))
MOMENTS = [f"2026-02-0{day}T00:00:00Z" for day, _ in enumerate(scripted.BATCHES, 1)]
UPLOADS = {
    each: Upload(Source(CONTAINER, f"incoming/{each}.jpg", ETAG, SIZE), MOMENTS[0]) for each in scripted.ITEMS
}
LISTS = {
    name: scripted.batch_list(name, UPLOADS, moment)
    for name, moment in zip(scripted.BATCHES, MOMENTS, strict=True)
}
OF = {name: Batch(len(scenarios), 2, tolerated) for name, (scenarios, tolerated) in scripted.BATCHES.items()}
EXPECTED = {
    "tolerated": ("succeeded", {"succeeded": 3, "rejected": 1, "failed": 1}),
    "processed before": ("succeeded", {"skipped": 1, "rejected": 1}),
    "too many failed": ("failed", {"skipped": 1, "failed": 1}),
}


def of(name, container):
    """Return the upload of a batch's list."""
    key = f"batches/{name.replace(' ', '-')}.jsonl"
    moment = MOMENTS[list(scripted.BATCHES).index(name)]
    return Upload(Source(container, key, name.replace(" ", "-"), len(LISTS[name])), moment)


def identity(upload):
    source = upload.source
    return job_id(source.container, source.key, source.etag, "gallery")


def of_items(counted):
    return {key: dict(steps) for key, steps in counted.items() if "item " in key}


@pytest.fixture(scope="module")
def on_step_functions(aws_deployment):
    aws, store = aws_deployment, aws_deployment.client("s3")
    store.create_bucket(Bucket="results")
    aws.references[function(SUMMARIZE)] = aws.summary_function("results")
    machine = aws.machine(WORKFLOW)
    told = {}
    for name in scripted.BATCHES:
        upload = of(name, "results")
        store.put_object(Bucket="results", Key=upload.source.key, Body=LISTS[name])
        batch = {"recipe": "gallery", "batch": vars(OF[name])}
        [ended] = aws.run(machine, [s3_event(upload) | batch])
        key = f"jobs/{identity(upload)}/{NAME}"
        summary = json.loads(store.get_object(Bucket="results", Key=key)["Body"].read())
        told[name] = (on_aws.end_of(ended), summary, aws.rows()[upload.source.key]["state"])
    return told, of_items(calls(aws.calls))


def on_durable(storage, account, folder, python):
    azure = on_azure.Azure(storage, account, folder)
    store, events = FolderStore(azure.store), []
    for name in scripted.BATCHES:
        upload = of(name, "results")
        store.put(upload.source.key, LISTS[name], "")
        event = blob_event(upload)
        event["data"] |= {"recipe": "gallery", "batch": vars(OF[name])}
        events.append((STEPWISE, event))
    told, rows = {}, {}
    for (name, _), event in zip(scripted.BATCHES.items(), events, strict=True):
        [end] = azure.run(python, [event])["ends"]
        output = end["output"]
        upload = of(name, "results")
        rows = azure.rows()
        summary = json.loads(store.get(f"jobs/{identity(upload)}/{NAME}", 1 << 20))
        ended = output if isinstance(output, str) else timeless(output)
        told[name] = (ended, summary, rows[upload.source.key]["state"])
    return told, of_items(azure.calls())


@pytest.fixture(scope="module")
def on_stable(azurite, tmp_path_factory):
    return on_durable(azurite, azurite.accounts[3], tmp_path_factory.mktemp("batch"), on_azure.STABLE)


@pytest.fixture(scope="module")
def on_next(azurite, tmp_path_factory):
    return on_durable(azurite, azurite.accounts[4], tmp_path_factory.mktemp("batch"), on_azure.NEXT)


@pytest.fixture(scope="module")
def in_virtual_time(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    memory, told = Memory(scripted.tools), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activities, "execute", scripted.execute)
        patch.setattr(items, "PAGE", scripted.PAGE)
        patch.setattr("core.batch.summary.READ", scripted.PAGE)
        patch.setenv(scripted.CALLS, str(folder / "calls"))
        patch.setenv(scripted.STORE, str(folder))
        (folder / "calls").touch()
        store = FolderStore(folder)
        for name in scripted.BATCHES:
            upload = of(name, "results")
            store.put(upload.source.key, LISTS[name], "")
            job = Job(identity(upload), "gallery", upload.source, "", upload.stored_at, "", batch=OF[name])
            ended = memory.run(WORKFLOW, job, execution=name)
            summary = json.loads(store.get(f"jobs/{job.id}/{NAME}", 1 << 20))
            told[name] = (ended, summary, memory.ledger.get(job.id).state)
    return told, of_items(calls(folder / "calls"))


PLATFORMS = ["on_step_functions", "on_stable", "on_next", "in_virtual_time"]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", EXPECTED)
def test_a_batch_ends_and_sums_up_alike_everywhere(request, platform, name):
    ended, summary, state = request.getfixturevalue(platform)[0][name]

    assert (state, summary["counts"]) == EXPECTED[name]
    if state == "failed":
        assert ended == "BatchStopped: More items failed than are tolerated."
    else:
        assert ended["batch"] == vars(OF[name])
        assert [each["name"] for each in ended["artifacts"]] == [NAME]


@pytest.mark.parametrize("platform", PLATFORMS[1:])
def test_the_clouds_and_the_hosts_agree_to_the_letter(request, on_step_functions, platform):
    told, calls = request.getfixturevalue(platform)

    for name, (ended, summary, _) in on_step_functions[0].items():
        assert (told[name][0], told[name][1]) == (ended, summary)
    assert calls == on_step_functions[1]


@pytest.mark.parametrize("cloud", simulated.PROGRAMS)
def test_simulated_time_runs_the_same_items_to_the_same_ends(cloud, on_step_functions, monkeypatch):
    monkeypatch.setattr(items, "PAGE", scripted.PAGE)

    ended, calls = simulated.run_batches(cloud)

    assert ended == EXPECTED
    assert calls == on_step_functions[1]


def test_an_item_is_processed_once_over_all_batches(on_step_functions):
    _, calls = on_step_functions

    assert calls["incoming/item success.jpg"]["validate"] == 1
    assert calls["incoming/item healed.jpg"]["optimize"] == 2

"""Compile a Map: a distributed one, which reads its items from the store and writes its results there.

Each item is an execution of its own, as if its upload's event had started it. Nothing here needs the results:
what became of the items is in the ledger. They are written to the store because a state may not have more
than 256 KiB of them: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html.
"""

from __future__ import annotations

from components.aws.state_machine.expressions import INPUT, embed
from components.aws.state_machine.references import Definition
from core.job import BATCHES_PREFIX

SUMMARIZE = "summarize"  # the function that writes a batch's summary
SUMMARY_SECONDS = 240  # reads a row for each item
READ = "arn:aws:states:::s3:getObject"
WRITE = "arn:aws:states:::s3:putObject"
CONCURRENCY = embed(f"{INPUT}.batch.concurrency")
TOLERATED = embed(f"{INPUT}.batch.tolerated")


def distributed_map(items: Definition) -> Definition:
    """Return the state that runs this definition for each item of the job's batch."""
    bucket = embed(f"{INPUT}.source.container")
    return {
        "Type": "Map",
        "ItemReader": {
            "Resource": READ,
            "ReaderConfig": {"InputType": "JSONL"},
            "Arguments": {"Bucket": bucket, "Key": embed(f"{INPUT}.source.key")},
        },
        "MaxConcurrency": CONCURRENCY,
        "ToleratedFailurePercentage": TOLERATED,
        "ItemProcessor": {
            # Standard: an express execution ends after five minutes, and may run twice.
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": items["StartAt"],
            "States": items["States"],
        },
        "ResultWriter": {
            "Resource": WRITE,
            "Arguments": {
                "Bucket": bucket,
                "Prefix": embed(f'"{BATCHES_PREFIX}results/" & {INPUT}.id'),
            },
        },
        "Output": embed(INPUT),
    }

"""The names of what the program creates on AWS, and the actions on it, which ``aws_calls.toml`` lists."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

PREFIX = "twinlens"  # the pipeline's name in __main__.py, with which every name begins
type Allowed = tuple[frozenset[str], Sequence[str]]
"""Actions, and the resources they are allowed on."""

ANY = ("*",)  # for actions without resource-level permissions


def arn(service: str, resource: str) -> str:
    """Return the name of resources in any account and region."""
    return f"arn:aws:{service}:*:*:{resource}"


# A stack's own buckets: not every bucket with the prefix, since one may hold Pulumi's state.
BUCKETS = tuple(f"arn:aws:s3:::{PREFIX}-{each}-*" for each in ("input", "output"))
OBJECTS = tuple(f"{each}/*" for each in BUCKETS)
TABLES = (arn("dynamodb", f"table/{PREFIX}-*"),)
INDEXES = (arn("dynamodb", f"table/{PREFIX}-*/index/*"),)
FUNCTIONS = (arn("lambda", f"function:{PREFIX}-*"),)
DURABLE = (arn("lambda", f"function:{PREFIX}-workflow-durable-*"),)  # its alias, too
DURABLE_EXECUTIONS = (f"{DURABLE[0]}:*/durable-execution/*/*",)
MACHINES = (arn("states", f"stateMachine:{PREFIX}-*"),)
RULES = (arn("events", f"rule/{PREFIX}-*"),)
SCHEDULES = (arn("scheduler", f"schedule/*/{PREFIX}-*"),)
TOPICS = (arn("sns", f"{PREFIX}-*"),)
QUEUES = (arn("sqs", f"{PREFIX}-*"),)
LOG_GROUPS = (
    arn("logs", f"log-group:{PREFIX}-*"),
    arn("logs", f"log-group:/aws/vendedlogs/states/{PREFIX}-*"),
)
ALARMS = (arn("cloudwatch", f"alarm:{PREFIX}-*"),)
DASHBOARDS = (f"arn:aws:cloudwatch::*:dashboard/{PREFIX}-*",)
BUDGETS = (f"arn:aws:budgets::*:budget/{PREFIX}-*",)
ROLES = (f"arn:aws:iam::*:role/{PREFIX}-*",)

PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action


def actions(service: str, names: str) -> frozenset[str]:
    """Return the service's actions of these names, separated by spaces."""
    return frozenset(f"{service}:{name}" for name in names.split())


VERBS = ("create", "read", "update", "delete", "tags")
# By the names that aws_calls.toml has for them.
ON = {
    "buckets": BUCKETS,
    "objects": OBJECTS,
    "tables": TABLES,
    "functions": FUNCTIONS,
    "machines": MACHINES,
    "rules": RULES,
    "schedules": SCHEDULES,
    "topics": TOPICS,
    "queues": QUEUES,
    "log_groups": LOG_GROUPS,
    "alarms": ALARMS,
    "dashboards": DASHBOARDS,
    "budgets": BUDGETS,
    "roles": ROLES,
    "any": ANY,
}
CALLS = tomllib.loads(Path(__file__).with_name("aws_calls.toml").read_text())

# By type: the actions, and the resources they are for.
PERMISSIONS: Mapping[str, tuple[tuple[frozenset[str], tuple[str, ...]], ...]] = {
    kind: tuple(
        (frozenset(chain.from_iterable(each.get(verb, ()) for verb in VERBS)), ON[each["on"]])
        for each in table["calls"]
    )
    for kind, table in CALLS.items()
}

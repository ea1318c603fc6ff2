"""The Pulumi program run under mocks: every resource it asks for, with what it gave it."""

import asyncio
import itertools
import json
import runpy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest
from enforced_aws import EnforcedAws
from pulumi.runtime import mocks, set_all_config
from pulumi.runtime.stack import run_pulumi_func

from components import packaging
from components.packaging import PARTS, build
from components.settings import CLOUDS
from core.workflow.granularity import GRANULARITIES
from local.state import AwsEmulator

ROOT = Path(__file__).parents[2]
# Every combination of the settings that change a graph's shape, with little else and with all else.
LITTLE = {"keepData": False, "notifyEmail": "", "inputPrefix": "", "tags": {"team": "photos"}}
MUCH = {
    "keepData": True,
    "notifyEmail": "ops@example.com",
    "maxConcurrency": 50,
    "logRetentionDays": 90,
    "tags": {"team": "photos"},
}
OWN = {
    "aws": {
        "logLevel": "all",
        "permissionsBoundary": "arn:aws:iam::123456789012:policy/bound",
        "rolePath": "/team/",
        "kmsKey": "arn:aws:kms:us-east-1:123456789012:key/own",
        "softDeleteDays": 14,
        "monthlyBudget": 100,
    },
    "azure": {
        "logLevel": "warning",
        "kmsKey": "/subscriptions/0000/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/keys/own",
        "photoRedundancy": "ZRS",
        "noSharedKeys": True,
        "softDeleteDays": 14,
        "monthlyBudget": 100,
    },
}
COMBINATIONS = [
    dict(zip(("orchestrator", "granularity", "architecture", "pointInTimeRecovery"), chosen, strict=True))
    | {"cloud": name}
    | extras
    for name, cloud in CLOUDS.items()
    for *chosen, extras in itertools.product(
        cloud.orchestrators,
        GRANULARITIES,
        cloud.architectures,
        cloud.point_in_time_recovery,
        (LITTLE, MUCH | OWN[name]),
    )
]


def pairs(combination: dict[str, Any]) -> set[str]:
    """Return each pair of settings in a combination, with their values."""
    settings = ((name, json.dumps(value)) for name, value in combination.items() if name != "cloud")
    return {f"{combination['cloud']} {pair}" for pair in itertools.combinations(sorted(settings), 2)}


def pairwise(combinations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return few of the combinations in which every pair of settings is that is in all of them.

    A mistake that takes three settings to show is not worth five times as many runs of the program.
    """
    missing = set().union(*map(pairs, combinations))
    chosen = []
    while missing:
        chosen.append(max(combinations, key=lambda each: len(pairs(each) & missing)))
        missing -= pairs(chosen[-1])
    return chosen


PAIRWISE = pairwise(COMBINATIONS)


@dataclass(frozen=True)
class Resource:
    type: str
    name: str
    urn: str
    inputs: dict[str, Any]
    custom: bool
    kept: bool
    patient: bool  # what fails for want of a role is tried again
    prepared: bool  # something is done before it is created and before it is updated


@dataclass
class Graph:
    config: dict[str, Any] = field(default_factory=dict)
    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of(self, suffix: str) -> list[Resource]:
        """The cloud's resources whose type's last part is this."""
        return [each for each in self.resources if each.custom and each.type.split(":")[-1] == suffix]

    def one(self, suffix: str, name: str = "") -> Resource:
        found = [each for each in self.of(suffix) if name in each.name]
        assert len(found) == 1, f"{suffix} {name}: {[each.name for each in found]}"
        return found[0]


class Recorder(mocks.Mocks):
    """Answers like a provider: ids, names, ARNs and endpoints made of the resource's own name."""

    def __init__(self) -> None:
        self.made: list[mocks.MockResourceArgs] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.made.append(args)
        service, name = args.typ.split(":")[1].split("/")[0], args.name
        if args.typ.startswith("aws:"):
            alias = f":{args.inputs['name']}" if args.typ.endswith(":Alias") else ""
            arn = f"arn:aws:{service}:us-east-1:123456789012:{name}{alias}"
            return name, {
                "arn": arn,
                "name": name,
                "url": f"https://sqs/{name}",
                "region": "us-east-1",
                "apiEndpoint": f"https://{name}.execute-api.us-east-1.amazonaws.com",
                "bucketRegionalDomainName": f"{name}.s3.us-east-1.amazonaws.com",
                "domainName": f"{name}.cloudfront.net",
                "functionUrl": f"https://{name}.lambda-url.us-east-1.on.aws/",
                "executionArn": f"arn:aws:execute-api:us-east-1:123456789012:{name}",
                "version": f"version of {name}",
                "hostedZoneId": "Z2FDTNDATAQYW2",
                "fqdn": f"{args.inputs.get('name', name)}.",
                "domainValidationOptions": [
                    {
                        "domainName": args.inputs.get("domainName", ""),
                        "resourceRecordName": f"_proof.{args.inputs.get('domainName', '')}.",
                        "resourceRecordType": "CNAME",
                        "resourceRecordValue": "_answer.acm-validations.aws.",
                    }
                ],
            } | args.inputs
        scope = f"/subscriptions/0000/resourceGroups/group/providers/{service}/{name}"
        made = {
            "name": args.inputs.get(NAMES.get(args.typ.split(":")[-1], ""), name),
            "location": "eastus2",
            "principalId": f"principal-{name}",
            "clientId": f"client-{name}",
            "connectionString": "InstrumentationKey=0",
        }
        if args.inputs.get("identity"):
            made["identity"] = {"principalId": f"principal-{name}", "type": args.inputs["identity"]["type"]}
        if args.typ.endswith(":AFDEndpoint"):
            made["hostName"] = f"{name}.azurefd.net"
        if args.typ.endswith(":AFDCustomDomain"):
            made["validationProperties"] = {"validationToken": "token", "expirationDate": ""}
        if args.typ.endswith(":WebApp"):
            made["defaultHostName"] = f"{name}.azurewebsites.net"
            made["hostNameSslStates"] = [
                {"name": f"{name}.azurewebsites.net", "hostType": "Standard"},
                {"name": f"{name}.scm.azurewebsites.net", "hostType": "Repository"},
            ]
        if args.typ.endswith(":Scheduler"):
            made["properties"] = {**args.inputs["properties"], "endpoint": f"https://{name}.durabletask.io"}
        if args.typ.endswith(":StorageAccount"):
            made["primaryEndpoints"] = {
                each: f"https://{name}.{each}.core.windows.net/" for each in ("blob", "queue", "table")
            }
        return scope, {**args.inputs, **made}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        raise AssertionError(
            f"The program asks a cloud {args.token}, which a preview needs a permission for."
        )


class Previewer(Recorder):
    """Answers as in the preview of a new stack: nothing is known but what the program gave."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.made.append(args)
        # A service answers with this in another form than it is given.
        return None, {name: value for name, value in args.inputs.items() if name != "identity"}


class Monitor(mocks.MockMonitor):
    """Also notes what mocks aren't told: what a destroyed stack keeps, and that every change counts."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self.kept: set[str] = set()
        self.patient: set[str] = set()
        self.prepared: set[str] = set()

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)
        if request.retainOnDelete:
            self.kept.add(response.urn)
        if request.hooks.on_error:
            self.patient.add(response.urn)
        if request.hooks.before_create and request.hooks.before_update:
            self.prepared.add(response.urn)
        ignored = ["timePeriod"] if request.type.endswith(":consumption:Budget") else []
        assert list(request.ignoreChanges) == ignored, response.urn
        return response


async def _nothing() -> None:
    pass


NAMES = {"Blob": "blobName", "BlobContainer": "containerName", "Queue": "queueName", "Table": "tableName"}


def run_program(
    config: dict[str, Any], program: Callable[[], Any] | None = None, *, preview: bool = False
) -> Graph:
    """Run the program with this config (keys without the project's name) and return its graph."""
    recorder = Previewer() if preview else Recorder()
    monitor = Monitor(recorder)
    exported: dict[str, Any] = {}

    async def main() -> None:
        mocks.set_mocks(recorder, project="twinlens", stack="test", preview=preview, monitor=monitor)
        set_all_config(
            {
                f"twinlens:{key}": value if isinstance(value, str) else json.dumps(value)
                for key, value in config.items()
            }
        )
        if program:
            program()
        else:
            runpy.run_path(str(ROOT / "__main__.py"))
        exported.update(await pulumi.Output.all(**exported).future() or {})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi, "export", exported.__setitem__)
        patch.delenv(
            "TWINLENS_LOCAL", raising=False
        )  # of other tests' emulators, into which nothing is planned
        # Mocks have no server for the engine's calls to hooks.
        for each in ("register_error_hook", "register_resource_hook"):
            patch.setattr(pulumi.resource_hooks, each, lambda _: asyncio.ensure_future(_nothing()))
        asyncio.run(run_pulumi_func(main))
    urns = {(urn.split("::")[2].split("$")[-1], urn.split("::")[3]): urn for urn in monitor.resources}
    resources = []
    for each in recorder.made:
        urn = urns[each.typ, each.name]
        resources.append(
            Resource(
                each.typ,
                each.name,
                urn,
                each.inputs,
                bool(each.custom),
                urn in monitor.kept,
                urn in monitor.patient,
                urn in monitor.prepared,
            )
        )
    return Graph(config, resources, exported)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stand-in for the deployment package, whose own tests build it."""
    path = tmp_path_factory.mktemp("build") / "code-0123456789abcdef.zip"
    path.write_bytes(b"PK")
    return path


@pytest.fixture(scope="module", autouse=True)
def archive(package: Path) -> Iterator[Path]:
    """The package that the program finds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packaging, "build", lambda cloud, architecture, texts=None, parts=(): package)
        yield package


@cache
def usual(cloud: str) -> Graph:
    return run_program({"cloud": cloud, "notifyEmail": "ops@example.com", "tags": {"team": "photos"}})


@pytest.fixture(scope="module")
def aws(archive: Path) -> Graph:
    return usual("aws")


@pytest.fixture(scope="module")
def azure(archive: Path) -> Graph:
    return usual("azure")


@pytest.fixture(scope="module")
def run(archive: Path) -> Callable[..., Graph]:
    return run_program


def parameters(combinations: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a fixture's parameters: the numbers of these combinations, with words for them."""
    numbers = [COMBINATIONS.index(each) for each in combinations]
    return {"params": numbers, "ids": [_words(COMBINATIONS[number]) for number in numbers]}


def workflows_of(cloud: str) -> list[dict[str, Any]]:
    """Return the cloud's combinations but for what changes neither workflow nor places."""
    usual = {"architecture": CLOUDS[cloud].architectures[0], "pointInTimeRecovery": False, "cloud": cloud}
    return [each for each in COMBINATIONS if usual.items() <= each.items()]


def _words(config: dict[str, Any]) -> str:
    words = [str(config[each]) for each in ("cloud", "orchestrator", "granularity", "architecture")]
    words += ["recovery"] * config["pointInTimeRecovery"] + ["kept"] * config["keepData"]
    return "-".join(words)


@pytest.fixture(scope="session")
def make() -> Callable[[int], Graph]:
    """Run the program under the combination of this number, unless that was done."""
    return cache(lambda number: run_program(COMBINATIONS[number]))


@pytest.fixture(**parameters(PAIRWISE))
def graph(request: pytest.FixtureRequest, make: Callable[[int], Graph]) -> Graph:
    """The program's graph under every pair of settings, in few combinations."""
    return make(request.param)


@pytest.fixture(**parameters(workflows_of("aws")))
def any_aws(request: pytest.FixtureRequest, make: Callable[[int], Graph]) -> Graph:
    """The graph on AWS under every combination in turn that changes what runs."""
    return make(request.param)


@pytest.fixture(**parameters(workflows_of("azure")))
def any_azure(request: pytest.FixtureRequest, make: Callable[[int], Graph]) -> Graph:
    """The graph on Azure under every combination in turn that changes what runs."""
    return make(request.param)


@pytest.fixture
def combinations() -> list[dict[str, Any]]:
    """All of them."""
    return COMBINATIONS


@pytest.fixture(scope="module")
def enforced(enforcing_ministack: AwsEmulator) -> EnforcedAws:
    return EnforcedAws(enforcing_ministack, build("aws", "x86_64", parts=PARTS).read_bytes())

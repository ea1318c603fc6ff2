"""The roles that the program grants, enforced: just enough for every step, and each permission is needed."""

import io
import json
from typing import Any

import boto3
import pytest
from PIL import Image

from components.packaging import PACKAGES, ROOT, make
from core.job import Job, Source
from core.workflow.granularity import GRANULARITIES, pipeline_in
from local.emulators import ministack, processes

PREFIX = "arn:aws:s3:us-east-1:123456789012:"  # of the mocks; a real bucket's ARN names neither
KEY = "incoming/a b+c.jpg"
JOB = Job(
    "0" * 32, "gallery", Source("in", KEY, "e", 1), "arn", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
)


class Cloud:
    """MiniStack with IAM enforced, the buckets of the mocked program, and its functions on demand."""

    def __init__(self, endpoint: str, package: bytes) -> None:
        self._endpoint = endpoint
        self._package = package
        for bucket in ("twinlens-input", "twinlens-output"):
            self.client("s3").create_bucket(Bucket=bucket)
        photo = io.BytesIO()
        Image.new("RGB", (900, 300), "teal").save(photo, "JPEG")
        self.client("s3").put_object(Bucket="twinlens-input", Key=KEY, Body=photo.getvalue())

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self._endpoint, region_name="us-east-1", **keys)

    def function(self, graph: Any, step: str, without: str = "") -> str:
        """Make the step's function as the program asks for it, its role less one action; return its name."""
        name = f"{step}-{without.replace(':', '-') or 'whole'}"
        logical = f"twinlens-{step.replace('_', '-')}"
        role, policy = (
            graph.one("Role", logical).inputs,
            json.loads(graph.one("RolePolicy", logical).inputs["policy"]),
        )
        for statement in policy["Statement"]:
            statement["Resource"] = [each.replace(PREFIX, "arn:aws:s3:::") for each in statement["Resource"]]
        policy["Statement"] = [each for each in policy["Statement"] if without not in each["Action"]]
        iam = self.client("iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=role["assumeRolePolicy"])
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
        asked = graph.one("Function", logical).inputs
        self.client("lambda").create_function(
            FunctionName=name,
            Role=made["Role"]["Arn"],
            Runtime=asked["runtime"],
            Handler=asked["handler"],
            Timeout=int(asked["timeout"]),
            Environment={
                "Variables": {**asked["environment"]["variables"], "AWS_ENDPOINT_URL": self._endpoint}
            },
            Code={"ZipFile": self._package},
        )
        return name

    def invoke(self, function: str, job: Any) -> dict[str, Any]:
        call = json.dumps({"job": job, "attempt": 1})
        answer = self.client("lambda").invoke(FunctionName=function, Payload=call)
        result: dict[str, Any] = json.load(answer["Payload"])
        return result


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    folder = tmp_path_factory.mktemp("enforcing")
    make(PACKAGES["aws"], "x86_64", ROOT, folder / "package.zip")
    emulator, process = ministack.launch(folder, enforce_iam=True)
    try:
        ministack.wait(emulator, process, folder)
        yield Cloud(emulator.endpoint, (folder / "package.zip").read_bytes())
    finally:
        processes.stop(folder)


@pytest.fixture(scope="module")
def graphs(run):
    return {each: run({"cloud": "aws", "granularity": each}) for each in GRANULARITIES}


def test_every_step_can_do_its_work(cloud, graphs):
    job = JOB.to_document()
    functions = {
        step.name: cloud.function(graphs[granularity], step.name)
        for granularity in GRANULARITIES
        for step in pipeline_in(granularity).steps()
    }
    validated = cloud.invoke(functions["validate"], job)
    rendered = [cloud.invoke(functions[step], validated) for step in ("resize", "apply_filters")]
    stepwise = cloud.invoke(functions["optimize"], rendered)
    fused = cloud.invoke(functions["process"], job)
    assert stepwise["artifacts"] == fused["artifacts"] != []


@pytest.mark.parametrize(
    ("granularity", "step", "action"),
    [
        ("stepwise", "validate", "s3:GetObject"),
        ("fused", "process", "s3:GetObject"),
        ("fused", "process", "s3:PutObject"),
    ],
)
def test_a_permission_less_is_one_too_few(cloud, graphs, granularity, step, action):
    function = cloud.function(graphs[granularity], step, without=action)
    failed = cloud.invoke(function, JOB.to_document())
    assert failed["errorType"] == "StoreError"
    assert "AWS denies object" in failed["errorMessage"]

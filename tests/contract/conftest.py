"""The workflow on every platform, run once for all tests of the contract."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

import in_memory
import on_aws
import on_azure
import on_lambda


@pytest.fixture(scope="session")
def aws_deployment(ministack, tmp_path_factory):
    """What a state machine needs, on MiniStack."""
    return on_aws.Aws(ministack, tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="session")
def aws_run(aws_deployment):
    """Every scenario on the compiled state machine."""
    return on_aws.run_all(aws_deployment)


@pytest.fixture(scope="session")
def memory_run(tmp_path_factory):
    """Every scenario on the interpreter's host in memory."""
    return in_memory.run_all(tmp_path_factory.mktemp("contract"), in_memory.Memory())


@pytest.fixture(scope="session")
def lambda_run(tmp_path_factory):
    """Every scenario in a Lambda durable function, on the SDK's own test runner."""
    return in_memory.run_all(tmp_path_factory.mktemp("contract"), on_lambda.LambdaDurable(), late={})


@pytest.fixture(scope="session")
def stable_run(azurite, tmp_path_factory):
    """Every scenario under the Durable SDK that is deployed."""
    azure = on_azure.Azure(azurite, azurite.accounts[1], tmp_path_factory.mktemp("contract"))
    return on_azure.run_all(azure, on_azure.STABLE)


@pytest.fixture(scope="session")
def next_run(azurite, tmp_path_factory):
    """Every scenario under the next Durable SDK."""
    azure = on_azure.Azure(azurite, azurite.accounts[2], tmp_path_factory.mktemp("contract"))
    return on_azure.run_all(azure, on_azure.NEXT)

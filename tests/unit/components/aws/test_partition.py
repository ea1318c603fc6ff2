import pulumi
import pytest
from pulumi.runtime import set_all_config

from components.aws.partition import check_partition


@pytest.fixture(autouse=True)
def no_region(monkeypatch):
    monkeypatch.delenv("AWS_REGION", raising=False)
    set_all_config({})
    yield
    set_all_config({})


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc")],
)
def test_a_region_of_another_partition_is_refused_by_name(region, partition, monkeypatch):
    set_all_config({"aws:region": region})
    with pytest.raises(pulumi.RunError, match=f"The region {region} belongs to the partition {partition}"):
        check_partition()
    set_all_config({})
    monkeypatch.setenv("AWS_REGION", region)
    with pytest.raises(pulumi.RunError, match=partition):
        check_partition()


@pytest.mark.parametrize("region", ["", "us-east-1", "eu-central-1", "us-west-2", "il-central-1"])
def test_regions_of_the_partition_aws_are_taken(region):
    set_all_config({"aws:region": region})
    check_partition()

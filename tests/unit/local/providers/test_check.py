import pytest

from local.providers import wire
from local.providers.check import faults
from local.providers.schema import resource_schema

BUCKET = resource_schema("pulumi_aws", "aws:s3/bucket:Bucket")
FUNCTION = resource_schema("pulumi_aws", "aws:lambda/function:Function")
POLICY = resource_schema("pulumi_aws", "aws:sqs/queuePolicy:QueuePolicy")
ACCOUNT = resource_schema("pulumi_azure_native", "azure-native:storage:StorageAccount")
ARCHIVE = {wire.SIGNATURE: wire.ARCHIVE, "hash": "1", "path": "code.zip"}
GOOD_ACCOUNT = {"resourceGroupName": "g", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


def wrong(schema, inputs):
    return {fault.path: fault.reason for fault in faults(inputs, schema.inputs)}


def test_good_inputs_pass():
    function = {
        "role": "arn:aws:iam::000000000000:role/r",
        "code": ARCHIVE,
        "memorySize": 512,
        "architectures": ["arm64"],
        "environment": {"variables": {"any_Key": "value"}},
        "runtime": "python3.13",
    }
    assert wrong(FUNCTION, function) == {}
    assert wrong(ACCOUNT, GOOD_ACCOUNT) == {}
    assert wrong(POLICY, {"queueUrl": "u", "policy": "{}"}) == {}


def test_unknown_values_are_taken_on_trust():
    assert wrong(FUNCTION, {"role": wire.UNKNOWN, "environment": wire.UNKNOWN}) == {}
    assert wrong(FUNCTION, {"role": "r", "layers": [wire.UNKNOWN]}) == {}


def test_misspelt_property_is_named_with_what_was_meant():
    found = wrong(BUCKET, {"forceDestory": True})
    assert list(found) == ["forceDestory"]
    assert "no property 'forceDestory'" in found["forceDestory"]
    assert "did you mean 'forceDestroy'?" in found["forceDestory"]


def test_misspelt_nested_property_is_named_by_its_path():
    found = wrong(FUNCTION, {"role": "r", "tracingConfig": {"mod": "Active"}})
    assert "did you mean 'mode'?" in found["tracingConfig.mod"]
    assert "required property 'mode' is missing" in found["tracingConfig.mode"]


def test_missing_required_property_is_named():
    found = wrong(ACCOUNT, {"kind": "StorageV2", "sku": {}})
    assert set(found) == {"resourceGroupName", "sku.name"}


def test_value_outside_an_enumeration_lists_what_is_allowed():
    found = wrong(ACCOUNT, {**GOOD_ACCOUNT, "sku": {"name": "Standard_LSR"}, "minimumTlsVersion": "1.2"})
    assert "did you mean 'Standard_LRS'?" in found["sku.name"]
    assert "TLS1_2" in found["minimumTlsVersion"]


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("memorySize", "512", "a whole number"),
        ("memorySize", 512.5, "a whole number"),
        ("memorySize", True, "a whole number"),
        ("publish", "yes", "true or false"),
        ("publish", 1, "true or false"),
        ("handler", 3, "a string"),
        ("architectures", "arm64", "a list"),
        ("tags", ["a"], "a dictionary"),
        ("environment", "A=B", "a dictionary"),
        ("environment", ARCHIVE, "a dictionary"),
        ("code", "code.zip", "an asset or an archive"),
    ],
)
def test_value_of_the_wrong_type_is_refused(name, value, wanted):
    found = wrong(FUNCTION, {"role": "r", name: value})
    assert list(found) == [name]
    assert f"{name} must be {wanted}" in found[name]


def test_wrong_items_of_lists_and_maps_are_named_by_their_place():
    found = wrong(FUNCTION, {"role": "r", "architectures": ["arm64", 8], "tags": {"team": 1}})
    assert set(found) == {"architectures[1]", "tags.team"}


def test_union_tells_of_the_shape_that_fits_best():
    found = wrong(
        POLICY, {"queueUrl": "u", "policy": {"Version": "2012-10-17", "Statement": [{"Efect": "Allow"}]}}
    )
    assert any("Efect" in path for path in found)


def test_number_takes_whole_numbers_too():
    alarm = resource_schema("pulumi_aws", "aws:cloudwatch/metricAlarm:MetricAlarm")
    assert wrong(alarm, {"threshold": 1}) == {}
    assert wrong(alarm, {"threshold": 0.5}) == {}
    assert set(wrong(alarm, {"threshold": "1"})) == {"threshold"}

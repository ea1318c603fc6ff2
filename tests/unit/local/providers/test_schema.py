import pulumi

from local.providers.schema import Choice, Field, File, ListOf, MapOf, Object, Scalar, resource_schema


def test_inputs_have_pulumi_names_shapes_and_needs():
    schema = resource_schema("pulumi_aws", "aws:lambda/function:Function")
    fields = schema.inputs.fields
    assert fields["role"].required
    assert fields["role"].shape == Scalar(str)
    assert not fields["memorySize"].required
    assert fields["memorySize"].shape == Scalar(int)
    assert fields["architectures"].shape == ListOf(Scalar(str))
    assert fields["tags"].shape == MapOf(Scalar(str))
    assert fields["code"].shape == File()
    assert isinstance(fields["runtime"].shape, Choice)
    assert isinstance(fields["environment"].shape, Object)


def test_outputs_tell_those_that_always_have_a_value():
    schema = resource_schema("pulumi_aws", "aws:sqs/queue:Queue")
    assert schema.outputs["arn"].required
    assert not schema.outputs["tags"].required
    assert schema.computed == {"arn", "tagsAll", "url"}


@pulumi.input_type
class NodeArgs:
    def __init__(__self__, *, value: pulumi.Input[str], next: pulumi.Input["NodeArgs | None"] = None):
        pulumi.set(__self__, "value", value)
        pulumi.set(__self__, "next", next)

    @property
    @pulumi.getter
    def value(self) -> pulumi.Input[str]:
        return pulumi.get(self, "value")

    @property
    @pulumi.getter
    def next(self) -> pulumi.Input["NodeArgs | None"]:
        return pulumi.get(self, "next")


def test_types_may_contain_themselves():
    node = Object(NodeArgs)
    assert node.fields == {"value": Field(Scalar(str), required=True), "next": Field(node, required=False)}


def test_unknown_type_is_none():
    assert resource_schema("pulumi_aws", "aws:s3/bucket:Bukkit") is None
    assert resource_schema("pulumi_aws", "aws:s33/bucket:Bucket") is None

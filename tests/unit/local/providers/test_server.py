from concurrent import futures

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.provider import StandIn
from local.providers.resource import ProviderError, Resource
from local.providers.server import Servicer
from local.providers.wire import UNKNOWN, decode, encode

URN = "urn:pulumi:dev::p::my:component:Thing$aws:sqs/queue:Queue::dead$letters::really"


class Queue(Resource):
    kind = "aws:sqs/queue:Queue"
    auto_name = AutoName()
    replace_on = frozenset({"name"})

    def check(self, inputs):
        if inputs["name"] == "bad":
            yield Fault("name", "bad is not good.")

    def create(self, inputs):
        if inputs["name"] == "refused":
            raise ProviderError("Refused.")
        if inputs["name"] == "broken":
            raise ValueError("broken\nbadly")
        return inputs["name"], {"url": "u"}

    def update(self, identity, state, inputs):
        return {"url": "v"}

    def delete(self, identity, state):
        pass

    def exists(self, identity, state):
        return identity != "gone"


@pytest.fixture(scope="module")
def engine():
    server = grpc.server(futures.ThreadPoolExecutor(2))
    functions = {"aws:index/getRegion:getRegion": lambda arguments: {"name": arguments["region"]}}
    servicer = Servicer(StandIn("pulumi_aws", [Queue()], functions), "7.0.0")
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None)


def test_it_tells_its_version_and_its_ways(engine):
    assert engine.GetPluginInfo(empty_pb2.Empty()).version == "7.0.0"
    ways = engine.Configure(provider_pb2.ConfigureRequest(args=encode({"region": "r"})))
    assert ways.supportsPreview
    assert not ways.acceptSecrets
    checked = engine.CheckConfig(provider_pb2.CheckRequest(news=encode({"region": "r"})))
    assert decode(checked.inputs) == {"region": "r"}
    same = engine.DiffConfig(provider_pb2.DiffRequest(news=encode({"region": "r"})))
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE
    engine.Cancel(empty_pb2.Empty())


def test_check_reads_type_and_name_from_the_urn(engine):
    answer = engine.Check(provider_pb2.CheckRequest(urn=URN, news=encode({}), randomSeed=b"s"))
    assert decode(answer.inputs)["name"].startswith("deadletters")


def test_check_answers_with_what_is_wrong(engine):
    answer = engine.Check(provider_pb2.CheckRequest(urn=URN, news=encode({"name": "bad"})))
    assert [(failure.property, failure.reason) for failure in answer.failures] == [
        ("name", "bad is not good.")
    ]


def test_diff_tells_in_detail(engine):
    request = provider_pb2.DiffRequest(
        urn=URN,
        old_inputs=encode({"name": "a", "tags": {"x": "1"}}),
        news=encode({"name": "b", "delaySeconds": 1}),
    )
    answer = engine.Diff(request)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == ["name"]
    assert list(answer.diffs) == ["delaySeconds", "name", "tags"]
    kinds = {path: detail.kind for path, detail in answer.detailedDiff.items()}
    assert kinds == {
        "name": provider_pb2.PropertyDiff.UPDATE_REPLACE,
        "delaySeconds": provider_pb2.PropertyDiff.ADD,
        "tags": provider_pb2.PropertyDiff.DELETE,
    }
    same = engine.Diff(provider_pb2.DiffRequest(urn=URN, old_inputs=encode({"a": 1}), news=encode({"a": 1})))
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_create_and_update(engine):
    preview = engine.Create(
        provider_pb2.CreateRequest(urn=URN, properties=encode({"name": "a"}), preview=True)
    )
    assert decode(preview.properties)["url"] == UNKNOWN
    made = engine.Create(provider_pb2.CreateRequest(urn=URN, properties=encode({"name": "a"})))
    assert (made.id, decode(made.properties)["url"]) == ("a", "u")
    request = provider_pb2.UpdateRequest(id="a", urn=URN, olds=made.properties, news=encode({"name": "a"}))
    assert decode(engine.Update(request).properties)["url"] == "v"
    engine.Delete(provider_pb2.DeleteRequest(id="a", urn=URN, properties=made.properties))


def test_read_tells_whether_it_is_there(engine):
    properties = encode({"name": "a"})
    here = engine.Read(provider_pb2.ReadRequest(id="a", urn=URN, properties=properties, inputs=properties))
    assert here.id == "a"
    assert decode(here.properties) == {"name": "a"}
    gone = engine.Read(provider_pb2.ReadRequest(id="gone", urn=URN, properties=properties, inputs=properties))
    assert gone.id == ""
    with pytest.raises(grpc.RpcError) as failed:
        engine.Read(provider_pb2.ReadRequest(id="a", urn=URN))
    assert "cannot be imported" in failed.value.details()


def test_invoke(engine):
    request = provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion", args=encode({"region": "r"}))
    assert decode(getattr(engine.Invoke(request), "return")) == {"name": "r"}


@pytest.mark.parametrize(("name", "told"), [("refused", "Refused."), ("broken", "ValueError: broken badly")])
def test_errors_are_reported_without_a_traceback(engine, name, told):
    with pytest.raises(grpc.RpcError) as failed:
        engine.Create(provider_pb2.CreateRequest(urn=URN, properties=encode({"name": name})))
    assert failed.value.details() == told

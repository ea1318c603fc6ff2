import pytest

from simulation.document import document
from simulation.predict import predict
from simulation.workload import Arrivals, Flow, Photos, Platform, Workload


@pytest.fixture(scope="module")
def made():
    given = Workload(
        Arrivals(count=30), Photos(), Flow(kind="chain"), Platform(name="aws.standard", memory_mb=256)
    )
    return predict(given, draws=20)


def test_a_published_hop_is_reproduced(made):
    hop = document(made)["hop_s"]
    assert hop["p50"]["value"] == pytest.approx(0.160, rel=0.1)
    assert hop["p95"]["value"] == pytest.approx(0.248, rel=0.3)
    assert hop["p50"]["low"] < 0.160 < hop["p50"]["high"]


def test_the_document_has_what_is_documented(made):
    found = document(made)
    assert {"jobs", "makespan_s", "end_to_end_s", "hop_s", "overhead_s", "billed"} <= found.keys()
    assert {"instances", "all_done_s", "cold_share", "throttled"} <= found.keys()
    assert found["jobs"] == 30
    assert found["billed"].keys() == {"executions", "gb_seconds", "transitions"}
    assert found["billed"]["executions"] == 300
    for name in ("end_to_end_s", "hop_s", "overhead_s"):
        for quantile in ("p50", "p95", "p99"):
            assert (
                found[name][quantile]["low"]
                <= found[name][quantile]["value"]
                <= found[name][quantile]["high"]
            )
    assert found["where"] == "simulated"
    assert found["extrapolated"] == []


def test_what_no_measurement_covers_is_called_an_extrapolation():
    given = Workload(Arrivals(count=2), Photos(), Flow(), Platform(name="azure.scheduler", memory_mb=2048))
    assert len(predict(given, draws=1).extrapolated) == 3

"""What goes wrong with Azure's answers."""

import pytest
from azure_answers import APP, WORKSPACE

from compare.collecting.asking import Unreported
from compare.collecting.azure.logs import volume
from compare.collecting.azure.metrics import total


@pytest.mark.parametrize(
    ("given", "says", "again"),
    [
        ([403], "needs the role Monitoring Reader", False),
        ([401], "needs the role Monitoring Reader", False),
        ([404], "does not exist, or was deleted", False),
        ([400], "answered 400: Not today.", False),
        ([429] * 3, "429", True),
        ([503] * 3, "503", True),
        (["nothing"] * 3, "did not answer", True),
        (["half"], "truncated JSON", True),
    ],
)
def test_what_goes_wrong_is_said(rest, faults, window, given, says, again):
    faults += given
    with pytest.raises(Unreported, match=says) as error:
        total(rest, APP, ["OnDemandFunctionExecutionCount"], window)
    assert error.value.again is again


@pytest.mark.parametrize("given", [[429, 503], ["nothing", 500]])
def test_passing_faults_are_outlasted(rest, faults, window, given):
    faults += given
    assert total(rest, APP, ["OnDemandFunctionExecutionCount"], window) == 33


@pytest.mark.parametrize("given", [[429, 502], ["nothing", 500]])
def test_passing_faults_of_queries_are_outlasted(rest, faults, window, given):
    faults += given
    assert volume(rest, WORKSPACE, window) == 64_000

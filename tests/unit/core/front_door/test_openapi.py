"""The document is that of the routes; ``conftest.py`` holds every answer of every test to it."""

import json
from dataclasses import replace

import jsonschema
import pytest

from core.front_door.door import DOCUMENT
from core.front_door.jobs import NOT_ENDED
from core.front_door.routes import ROUTES
from core.front_door.wanted import FIELDS, NAME_CHARACTERS, OPTIONAL
from core.ledger import OPEN
from core.workflow.model import FinalState

OPENAPI = json.loads(DOCUMENT.read_text())
SCHEMAS = OPENAPI["components"]["schemas"]


def test_it_documents_the_routes():
    documented = {
        (operation["operationId"], method.upper(), path, "security" in operation)
        for path, operations in OPENAPI["paths"].items()
        for method, operation in operations.items()
    }

    assert documented == {(each.name, each.method, each.path, each.guarded) for each in ROUTES}


def test_it_documents_what_is_asked_for():
    new = SCHEMAS["NewUpload"]

    assert set(new["properties"]) == set(FIELDS)
    assert set(new["required"]) == set(FIELDS) - OPTIONAL
    assert new["properties"]["name"]["maxLength"] == NAME_CHARACTERS


def test_it_documents_every_state():
    assert set(SCHEMAS["Job"]["properties"]["state"]["enum"]) == {*NOT_ENDED, *OPEN, *FinalState.__args__}


def test_it_is_served_as_it_is_committed(cloud):
    assert json.loads(cloud.send("GET", "/openapi.json").body) == OPENAPI


def test_answers_are_held_to_it(cloud):
    sign = cloud.upload
    cloud.upload = lambda *given: replace(sign(*given), url=7)

    with pytest.raises(jsonschema.ValidationError, match="7 is not of type 'string'"):
        cloud.ask()

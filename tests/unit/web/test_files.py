"""What the page says of itself agrees with the rest of the project."""

import json
import re

from core.front_door.wanted import NAME_CHARACTERS
from core.store.declared import TYPES
from web.files import FOLDER, config, content_type, files, security_headers

PHOTO = (FOLDER / "photo.js").read_text(encoding="utf-8")
DOCUMENT = FOLDER.parents[1] / "core" / "front_door" / "openapi.json"


def test_the_page_names_the_types_that_the_front_door_takes():
    [told] = re.findall(r"export const TYPES = \{(.*?)\};", PHOTO, re.DOTALL)
    assert dict(re.findall(r'(\w+): "([\w/]+)"', told)) == {
        suffix.removeprefix("."): kind for suffix, kind in TYPES.items()
    }
    assert f"NAME_LENGTH = {NAME_CHARACTERS};" in PHOTO


def test_the_page_knows_every_state_of_a_job():
    states = json.loads(DOCUMENT.read_text())["components"]["schemas"]["Job"]["properties"]["state"]["enum"]
    [arrived] = re.findall(r"const ARRIVED = \[(.*?)\];", PHOTO, re.DOTALL)
    assert {*re.findall(r'"(\w+)"', arrived), "awaiting_upload", "expired"} == set(states)


def test_the_page_needs_no_script_in_its_markup_and_no_file_from_elsewhere():
    for name, path in files().items():
        text = path.read_text(encoding="utf-8")
        assert content_type(name)
        assert "innerHTML" not in text
        assert not re.search(r"\son\w+=|<script>|javascript:|style=", text), name
        assert not re.search(r"(?:src|href|from|import)[= (]*[\"']https?:", text), name


def test_the_configuration_has_each_front_door():
    doors = json.loads(config({"AWS": "https://api.example.com/", "Azure": "https://app.example.com/api"}))
    assert doors == {
        "doors": [
            {"name": "AWS", "api": "https://api.example.com"},
            {"name": "Azure", "api": "https://app.example.com/api"},
        ]
    }


def test_each_origin_is_named_once():
    policy = security_headers(["https://a.example", "https://b.example", "https://a.example"])
    assert "connect-src 'self' https://a.example https://b.example;" in policy["Content-Security-Policy"]

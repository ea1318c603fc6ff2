from datetime import UTC, datetime, timedelta

import pytest

from local.providers.azure_native import functions, template
from local.providers.resource import ProviderError

DECLARED = {
    "who": {"type": "string"},
    "now": {"type": "string", "defaultValue": "[utcNow()]"},
    "later": {"type": "string", "defaultValue": "[dateTimeAdd(parameters('now'), 'PT2H')]"},
}


@pytest.mark.parametrize(
    ("text", "worked_out"),
    [
        ("plain", "plain"),
        ("['it''s']", "it's"),
        ("[parameters('who')]", "Ada"),
        ("[concat('a', '?', parameters( 'who' ))]", "a?Ada"),
        ("[createObject('name', 'Ada').name]", "Ada"),
        ("[createObject()]", {}),
    ],
)
def test_expressions_are_worked_out(text, worked_out):
    assert template.value(text, {"who": "Ada"}) == worked_out


@pytest.mark.parametrize("order", [sorted(DECLARED), sorted(DECLARED, reverse=True)])
def test_a_parameter_s_default_may_need_another_s(order):
    declared = {name: DECLARED[name] for name in order}
    values = template.parameters(declared, {"who": {"value": "Ada"}})
    now, later = (datetime.fromisoformat(values[name]) for name in ("now", "later"))
    assert later - now == timedelta(hours=2)
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)
    assert values["who"] == "Ada"


def test_a_default_gives_way_to_what_is_given():
    given = {"who": {"value": "Ada"}, "now": {"value": "20260101T000000Z"}}
    assert template.parameters(DECLARED, given)["later"] == "20260101T020000Z"


def test_parameters_have_to_be_given_and_declared():
    with pytest.raises(ProviderError, match="'who' is not given and has no default"):
        template.parameters(DECLARED, {})
    with pytest.raises(ProviderError, match=r"is given \['other'\]"):
        template.parameters(DECLARED, {"who": {"value": "Ada"}, "other": {"value": ""}})


@pytest.mark.parametrize(
    "text",
    [
        "[parameters]",
        "[parameters('who']",
        "[concat('a' 'b')]",
        "[toLower('A')]",
        "['a' 'b']",
        "[+]",
        "[]",
        "[(]",
    ],
)
def test_what_is_not_understood_is_refused(text):
    with pytest.raises(ProviderError, match="does not understand the expression"):
        template.value(text, {"who": "Ada"})


def test_a_parameter_that_is_not_declared_is_named():
    with pytest.raises(ProviderError, match="no parameter 'else'"):
        template.value("[parameters('else')]", template.parameters({}, {}))


def test_only_whole_hours_are_added():
    with pytest.raises(ProviderError, match="not 'P3Y'"):
        template.value("[dateTimeAdd('20260101T000000Z', 'P3Y')]", {})


def test_a_signature_is_asked_for_as_azure_native_s_function_names_things(monkeypatch):
    monkeypatch.setattr(
        functions,
        "list_storage_account_service_sas",
        lambda arguments: {
            "serviceSasToken": ",".join(f"{key}={arguments[key]}" for key in sorted(arguments))
        },
    )
    account = "/subscriptions/1/providers/Microsoft.Storage/storageAccounts/photos"
    asked = (
        "'canonicalizedResource', 'path', 'signedResource', 'b', 'signedPermission', 'r', "
        "'signedProtocol', 'https', 'signedExpiry', 'then'"
    )
    text = f"[listServiceSas('{account}', '2023-05-01', createObject({asked})).serviceSasToken]"
    assert template.value(text, {}) == (
        "accountName=photos,canonicalizedResource=path,permissions=r,protocols=https,resource=b,"
        "sharedAccessExpiryTime=then"
    )

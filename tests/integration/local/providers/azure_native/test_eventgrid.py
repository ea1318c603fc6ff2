import pytest

STORAGE = "Microsoft.Storage.StorageAccounts"
CHECKED = {"resourceGroupName": "g", "systemTopicName": "t", "eventSubscriptionName": "s"}


def queue(account):
    return {"endpointType": "StorageQueue", "queueName": "uploads", "resourceId": account}


def ends_with(key="subject", operator="StringEndsWith"):
    return {"operatorType": operator, "key": key, "values": [".jpg", ".png"]}


@pytest.mark.parametrize("with_identity", [True, False])
def test_subscription_reaches_the_host(cloud, control, with_identity):
    photos, other = cloud.account("photos"), cloud.account("other")
    topic = {**cloud.group(), "systemTopicName": "uploads", "source": photos["id"], "topicType": STORAGE}
    cloud.make("eventgrid:SystemTopic", topic)
    destination = queue(other["id"])
    if with_identity:
        delivery = {"identity": {"type": "SystemAssigned"}, "destination": destination}
        where = {"deliveryWithResourceIdentity": delivery}
    else:
        where = {"destination": destination}
    ask, identity, outputs = cloud.make(
        "eventgrid:SystemTopicEventSubscription",
        {
            **cloud.group(),
            "systemTopicName": "uploads",
            **where,
            "filter": {
                "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
                "subjectBeginsWith": "/blobServices/default/containers/input/",
                "subjectEndsWith": ".webp",
                "isSubjectCaseSensitive": True,
                "advancedFilters": [ends_with()],
            },
        },
        "photos",
    )
    subscription = {
        "account": photos["name"],
        "queue_account": other["name"],
        "queue": "uploads",
        "subject_begins_with": "/blobServices/default/containers/input/",
        "case_sensitive": True,
        "subject_ends_with": [".webp", ".jpg", ".png"],
        "event_types": ["Microsoft.Storage.BlobCreated"],
    }
    assert control.asked == [("PUT", "/subscriptions/uploads-photos", subscription)]
    assert outputs["topic"] == photos["id"]
    cloud.provider.delete(ask, identity, outputs)
    assert control.asked[-1] == ("DELETE", "/subscriptions/uploads-photos", None)


def test_subscription_without_filters_takes_everything(cloud, control):
    account = cloud.account()["id"]
    topic = {**cloud.group(), "systemTopicName": "t", "source": account, "topicType": STORAGE}
    cloud.make("eventgrid:SystemTopic", topic)
    inputs = {**cloud.group(), "systemTopicName": "t", "destination": queue(account)}
    cloud.make("eventgrid:SystemTopicEventSubscription", inputs)
    sent = control.asked[0][2]
    assert (sent["subject_begins_with"], sent["subject_ends_with"]) == ("", [])
    assert "event_types" not in sent


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({}, "destination"),
        ({"destination": {"endpointType": "WebHook", "endpointUrl": "http://a"}}, "destination.endpointType"),
        (
            {"destination": queue("a"), "filter": {"advancedFilters": [ends_with(key="data.api")]}},
            "filter.advancedFilters",
        ),
        (
            {
                "destination": queue("a"),
                "filter": {"advancedFilters": [ends_with(operator="StringContains")]},
            },
            "filter.advancedFilters",
        ),
    ],
)
def test_what_is_not_served_is_reported(cloud, change, path):
    assert list(cloud.wrong("eventgrid:SystemTopicEventSubscription", {**CHECKED, **change})) == [path]


def test_topics_of_other_services_are_not_served(cloud):
    inputs = {"resourceGroupName": "g", "systemTopicName": "t", "topicType": "Microsoft.KeyVault.vaults"}
    assert STORAGE in cloud.wrong("eventgrid:SystemTopic", inputs)["topicType"]

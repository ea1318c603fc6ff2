"""CloudWatch's vended logs: from where, to where, and what of them. MiniStack delivers nothing."""

from __future__ import annotations

from collections.abc import Iterator

from local.providers.aws.cloud import CLOUDFRONT_REGION, client, region
from local.providers.aws.resource import AwsResource, Setting, chosen
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

NAME = AutoName(max_length=60)
SOURCE = {"logType": "logType", "name": "name", "resourceArn": "resourceArn"}
DESTINATION = {
    "deliveryDestinationConfiguration": "deliveryDestinationConfiguration",
    "name": "name",
    "outputFormat": "outputFormat",
}
DELIVERY = {
    "deliveryDestinationArn": "deliveryDestinationArn",
    "deliverySourceName": "deliverySourceName",
    "recordFields": "recordFields",
}


class LogDeliverySource(Setting):
    """``aws.cloudwatch.LogDeliverySource``; that of a distribution is in us-east-1."""

    kind = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
    auto_name = NAME
    replace_on = frozenset({"name", "region", "resourceArn"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if ":cloudfront:" in inputs["resourceArn"] and inputs.get("region", region()) != CLOUDFRONT_REGION:
            yield Fault("region", f"logs of CloudFront are asked for in {CLOUDFRONT_REGION}.")

    def put(self, inputs: Properties) -> str:
        client("logs").put_delivery_source(**chosen(inputs, SOURCE))
        return str(inputs["name"])

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        found = self.find(self.put(inputs), {})
        return inputs["name"], {"arn": found["arn"], "service": found["service"]}

    def find(self, identity: str, state: Properties) -> Properties:
        found: Properties = client("logs").get_delivery_source(name=identity)["deliverySource"]
        return found

    def remove(self, identity: str, state: Properties) -> None:
        client("logs").delete_delivery_source(name=identity)


class LogDeliveryDestination(Setting):
    """``aws.cloudwatch.LogDeliveryDestination``."""

    kind = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
    auto_name = NAME
    replace_on = frozenset({"name", "region"})

    def put(self, inputs: Properties) -> str:
        client("logs").put_delivery_destination(**chosen(inputs, DESTINATION))
        return str(inputs["name"])

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        found = self.find(self.put(inputs), {})
        return inputs["name"], {
            "arn": found["arn"],
            "deliveryDestinationType": found["deliveryDestinationType"],
        }

    def find(self, identity: str, state: Properties) -> Properties:
        found: Properties = client("logs").get_delivery_destination(name=identity)["deliveryDestination"]
        return found

    def remove(self, identity: str, state: Properties) -> None:
        client("logs").delete_delivery_destination(name=identity)


class LogDelivery(AwsResource):
    """``aws.cloudwatch.LogDelivery``."""

    kind = "aws:cloudwatch/logDelivery:LogDelivery"
    replace_on = frozenset({"deliveryDestinationArn", "deliverySourceName", "region"})

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        made = client("logs").create_delivery(**chosen(inputs, DELIVERY))["delivery"]
        return made["id"], {"arn": made["arn"]}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        fields = inputs.get("recordFields", [])
        client("logs").update_delivery_configuration(id=identity, recordFields=fields)
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("logs").get_delivery(id=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("logs").delete_delivery(id=identity)


RESOURCES = (LogDeliverySource, LogDeliveryDestination, LogDelivery)

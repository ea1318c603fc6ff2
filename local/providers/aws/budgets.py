"""Budgets of the account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import account, client
from local.providers.aws.resource import AwsResource, pascal
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties


class Budget(AwsResource):
    """``aws.budgets.Budget`` without filters; a change of its notifications replaces it."""

    kind = "aws:budgets/budget:Budget"
    auto_name = AutoName(max_length=100, forbidden=r"[:\\]")
    replace_on = frozenset({"name", "notifications"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for name in ("budgetType", "timeUnit"):
            if not inputs.get(name):
                yield Fault(name, f"the required property {name!r} is missing.")
        if inputs.get("costFilters") or inputs.get("filterExpression"):
            yield Fault("costFilters", "the local stand-in serves no filters.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        name, owner = inputs["name"], account()
        client("budgets").create_budget(
            AccountId=owner,
            Budget=_budget(inputs),
            NotificationsWithSubscribers=[_notification(each) for each in inputs.get("notifications", [])],
        )
        return f"{owner}:{name}", {"arn": f"arn:aws:budgets::{owner}:budget/{name}", "accountId": owner}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        client("budgets").update_budget(AccountId=account(), NewBudget=_budget(inputs))
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("budgets").describe_budget(AccountId=account(), BudgetName=state["name"])

    def remove(self, identity: str, state: Properties) -> None:
        client("budgets").delete_budget(AccountId=account(), BudgetName=state["name"])


def _budget(inputs: Properties) -> dict[str, Any]:
    return {
        "BudgetName": inputs["name"],
        "BudgetType": inputs["budgetType"],
        "TimeUnit": inputs["timeUnit"],
        "BudgetLimit": {"Amount": inputs["limitAmount"], "Unit": inputs["limitUnit"]},
    }


def _notification(given: Properties) -> dict[str, Any]:
    named = {name: given[name] for name in given if not name.startswith("subscriber")}
    kinds = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
    subscribers = [
        {"SubscriptionType": kind, "Address": address}
        for name, kind in kinds.items()
        for address in given.get(name, ())
    ]
    return {"Notification": pascal(named), "Subscribers": subscribers}


RESOURCES = (Budget,)

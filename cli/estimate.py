"""``twinlens estimate``: estimate the cost of a stack before it is deployed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import pulumi
import typer
from rich.markup import escape

from bench import project
from cli.console import Json, StackName, console, errors, print_json, print_table
from cli.cost import NoFreeTier, Regions
from compare.cost.bill import Bill, Line, price
from compare.cost.document import bill_document
from compare.cost.exact import dollars
from compare.metering import Stack, assumed
from compare.metering.assumptions import Assumption
from compare.metering.estimate import estimate as meter_month
from compare.metering.estimate import scenarios
from compare.prices.reading import load
from components.settings import Settings
from core.errors import SettingsError
from core.recipes import load as load_recipe
from core.workflow.granularity import pipeline_in

REGION_KEYS = {"aws": "aws:region", "azure": "azure-native:location"}


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is not a number.") from None
    if not value.is_finite() or value < 0:
        raise typer.BadParameter(f"{text} is not a finite number of at least zero.")
    return value


def _share(text: str) -> Decimal:
    value = _decimal(text)
    if value > 1:
        raise typer.BadParameter(f"{text} is not a share between 0 and 1.")
    return value


def estimate(
    stack: StackName,
    images_per_month: Annotated[int, typer.Option(min=0, max=10**9, help="Photos a month; 0 if idle.")],
    megapixels: Annotated[Decimal, typer.Option(parser=_decimal, help="Mean photo size.")] = Decimal(12),
    cold_share: Annotated[
        Decimal, typer.Option(parser=_share, help="Share of photos with a cold start.")
    ] = Decimal("0.01"),
    region: Regions = None,
    no_free_tier: NoFreeTier = False,
    as_json: Json = False,
) -> None:
    """Estimate a month's bill from a stack's config and the workflow, before it is deployed."""
    config, encrypted = _readable(project.config(stack))
    settings = _settings(config)
    for key in encrypted:
        errors.print(f"{escape(key)} is encrypted; the estimate assumes its default.")
    book = load()
    home = book.home_regions[settings.cloud]
    facts = Stack(
        cloud=settings.cloud,
        orchestrator=settings.orchestrator,
        granularity=settings.granularity,
        architecture=settings.architecture,
        memory_mb=settings.memory_mb,
        region=config.get(REGION_KEYS[settings.cloud], home),
        email=bool(settings.notify_email),
        log_level=settings.log_level,
        step_memory_mb=tuple((name, each.memory_mb) for name, each in settings.steps.items()),
    )
    workflow, recipe = pipeline_in(settings.granularity), load_recipe(settings.recipe)
    bills = {
        name: price(
            meter_month(facts, workflow, recipe, month), book, region or [facts.region], not no_free_tier
        )
        for name, month in scenarios(images_per_month, megapixels, cold_share).items()
    }
    assumptions = assumed([facts])
    if as_json:
        print_json(
            {
                "stack": stack,
                "settings": asdict(facts),
                "images_per_month": images_per_month,
                "megapixels": f"{megapixels:f}",
                "cold_share": f"{cold_share:f}",
                "bills": {name: bill_document(bill) for name, bill in bills.items()},
                "assumptions": [asdict(assumption) for assumption in assumptions],
            }
        )
        return
    _show(stack, images_per_month, bills, assumptions)


def _show(stack: str, images: int, bills: Mapping[str, Bill], assumptions: tuple[Assumption, ...]) -> None:
    low, expected, high = bills["low"], bills["expected"], bills["high"]
    amounts = {name: {line.meter.name: line for line in bill.lines} for name, bill in bills.items()}
    rows = [
        [escape(meter), *(_amount(amounts[name].get(meter), name) for name in bills)]
        for meter in amounts["high"]
    ]
    print_table(("meter", *bills), rows, numbers=tuple(bills))
    console.print(
        f"\n[bold]{escape(stack)}, {images:,} photos a month: {dollars(expected.total)}, between "
        f"{dollars(low.low)} and {dollars(high.high)}.[/bold]",
        soft_wrap=True,
    )
    if expected.unconfirmed:
        console.print(
            f"{dollars(expected.firm)} of it is at known prices; unconfirmed: "
            f"{', '.join(expected.unconfirmed)}.",
            soft_wrap=True,
        )
    for assumption in assumptions:
        console.print(f"[dim]Assumed: {assumption.value:,} {escape(assumption.text)}.[/dim]", soft_wrap=True)


def _amount(line: Line | None, scenario: str) -> str:
    """Return a line's amount in a scenario: in the low and the high one, the bound of its price."""
    if line is None:
        return dollars(Decimal(0))
    return dollars({"low": line.low, "expected": line.amount, "high": line.high}[scenario])


def _readable(config: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the config's values as texts, and the keys whose values only Pulumi can decrypt."""
    encrypted = [key for key, value in config.items() if _is_encrypted(value)]
    texts: dict[str, Any] = {
        key: value if isinstance(value, str) else json.dumps(_plain(value))
        for key, value in config.items()
        if key not in encrypted
    }
    return {**texts, **dict.fromkeys(encrypted)}, encrypted


def _is_encrypted(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"secure"}


def _plain(value: Any) -> Any:
    """Return the value without encrypted entries; estimates need none of those, such as tags."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if not _is_encrypted(each)}
    return value


def configured_settings(stack: str) -> Settings:
    """Return the settings of a stack's config; what is encrypted is left out.

    Raises:
        SettingsError: Settings are invalid; the message has a line for each.
    """
    config, _ = _readable(project.config(stack))
    return _settings(config)


def _settings(config: Mapping[str, Any]) -> Settings:
    """Return the settings that the Pulumi program would read from the config.

    Raises:
        SettingsError: Settings are invalid; the message has a line for each.
    """
    pulumi.runtime.set_all_config(dict(config))
    try:
        return Settings.read(pulumi.Config(project.NAMESPACE))
    except pulumi.RunError as error:
        raise SettingsError(str(error)) from None

"""Collect the usage that Azure reports for one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from compare.billing.log_analytics import BYTES_PER_GB
from compare.collecting.asking import Account, Window
from compare.collecting.azure import logs
from compare.collecting.azure.metrics import total
from compare.collecting.azure.rest import Rest
from compare.collecting.azure.storage import METERS, SERVICES, transactions
from compare.collecting.billed import Billed, Figure
from compare.run import Run

MONITOR = "Azure Monitor's metrics"
INSIGHTS = "Application Insights' workspace"
SECONDS = "azure.functions.flex.gb_seconds"
EXECUTIONS = "azure.functions.flex.executions"
EVENTS = "azure.eventgrid.operations"
LOG_GB = "azure.monitor.log_gb"
# Microsoft Learn, "Estimating consumption-based costs": units / 1,024,000 are the meter's GB-seconds.
UNITS_PER_GB_SECOND = Decimal(1_024_000)
# An instance that kept running for a while is counted in the following minutes.
TAIL = timedelta(minutes=5)
UNTOLD = {
    "Durable Task Scheduler": (
        ("azure.durable.scheduler_actions",),
        "No count of its actions is documented.",
    ),
    "The bill": (
        ("azure.blob.storage_gb_months", "azure.table.storage_gb_months"),
        "Storage is billed by the month, not by the run.",
    ),
}


@dataclass
class AzureAccount(Account):
    """The usage that Azure has reported for a run so far; ``outputs`` are those of its stack."""

    arm: Rest = field(kw_only=True)
    workspace: Rest = field(kw_only=True)
    outputs: Mapping[str, Any] = field(kw_only=True)
    run: Run = field(kw_only=True)

    def collect(self) -> Billed:
        """Query all of Azure's sources for the run."""
        storage = [meter for service in SERVICES for meter in METERS[service]]
        if self.run.where == "emulator":
            self.gap(MONITOR, [SECONDS, EXECUTIONS, *storage, EVENTS], "The local host has no such metrics.")
            self.gap(INSIGHTS, [LOG_GB], "The local host has no such metrics.")
        else:
            self.ask(MONITOR, [SECONDS], self._seconds)
            self.ask(MONITOR, [EXECUTIONS], self._executions)
            for service in SERVICES:
                self.ask(MONITOR, METERS[service], partial(self._transactions, service))
            self.ask(MONITOR, [EVENTS], self._events)
            self.ask(INSIGHTS, [LOG_GB], self._logs)
        for source, (meters, reason) in UNTOLD.items():
            if source != "Durable Task Scheduler" or self.run.orchestrator == "scheduler":
                self.gap(source, meters, reason)
        return self.billed()

    def _seconds(self) -> Iterable[Figure]:
        name = "OnDemandFunctionExecutionUnits"
        units = total(self.arm, self.outputs["metered"]["app"], [name], self._longer)
        yield Figure(SECONDS, units / UNITS_PER_GB_SECOND, MONITOR, "window", f"{units:,.0f} MB-ms, {name}")

    def _executions(self) -> Iterable[Figure]:
        name = "OnDemandFunctionExecutionCount"
        count = total(self.arm, self.outputs["metered"]["app"], [name], self._longer)
        yield Figure(EXECUTIONS, count, MONITOR, "window", name)

    def _transactions(self, service: str) -> Iterable[Figure]:
        """Yield all transactions of the stack's accounts, including polling by the host and the client."""
        accounts = self.outputs["metered"]["accounts"]
        for meter, (number, split) in transactions(self.arm, accounts, service, self.window).items():
            yield Figure(meter, number, MONITOR, "window", f"Transactions: {split}; polling included")

    def _events(self) -> Iterable[Figure]:
        names = ["PublishSuccessCount", "DeliverySuccessCount", "DeliveryAttemptFailCount"]
        count = total(self.arm, self.outputs["metered"]["topic"], names, self.window)
        yield Figure(EVENTS, count, MONITOR, "window", ", ".join(names))

    def _logs(self) -> Iterable[Figure]:
        resource = self.outputs["metered"]["workspace"]
        volume = logs.volume(self.workspace, resource, self.window)
        self.functions += logs.functions(self.workspace, resource, self.window)
        yield Figure(LOG_GB, volume / BYTES_PER_GB, INSIGHTS, "window", f"{volume:,.0f} bytes")

    @property
    def _longer(self) -> Window:
        return replace(self.window, ended=self.window.ended + TAIL)

"""A Lambda durable function on the test runner of its SDK, with scripted steps behind it.

Its ledger and its notifications are those in memory; the runner's clock skips all waits.
"""

import json
import threading
from dataclasses import replace
from typing import Any

import scripted
from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner
from in_memory import Memory
from outcome import timeless

from core.job import Job
from core.workflow.granularity import STEPWISE, pipeline_in
from core.workflow.interpreter import interpret
from core.workflow.model import Workflow
from handlers.aws.durable_host import DurableHost


class LambdaDurable(Memory):
    """The ports of all executions; the steps of a stepwise workflow are functions of their own."""

    def run(self, workflow: Workflow, job: Job, execution: str) -> dict[str, Any] | str:
        """Run the workflow on the job; return the final document without its moments, or the error."""
        functions = {step.name: step.name for step in pipeline_in(STEPWISE).steps()}
        runner: DurableFunctionTestRunner

        def remember(callback: str) -> bool:
            if self._early(job):
                return False
            if self.decide(job, "decided") is not None:
                threading.Thread(target=runner.send_callback_success, args=(callback, b"")).start()
            return True

        @durable_execution
        def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
            begun = context.state.get_execution_operation()
            assert begun is not None
            assert begun.start_timestamp is not None
            host = DurableHost(context, event, begun.start_timestamp, self._asking(job), functions, remember)
            return host.run(interpret(workflow, host))

        runner = DurableFunctionTestRunner(handler, poll_interval=0.02)
        for name in functions:
            runner.register_function(name, _function(name))
        with runner:
            result = runner.run(json.dumps(job.to_document()), execution_name=execution.replace(" ", "-"))
        if result.error:
            return str(result.error.message)
        return timeless(json.loads(str(result.result)))

    def _early(self, job: Job) -> bool:
        row = self.ledger.get(job.id)
        return bool(row and row.decision)

    def _asking(self, job: Job) -> dict[str, Any]:
        def ask(payload: Any) -> Any:
            answer = self.activities["ask"](payload)
            if job.source.key == scripted.key(scripted.EARLY):
                self.decide(job, "decided")
            return answer

        return {**self.activities, "ask": ask}


def _function(step: str) -> Any:
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        job = Job.from_document(event["job"])
        try:
            return scripted.execute(step, replace(job), None, event["attempt"]).to_document()
        except scripted.Lost as error:
            # A dead worker's error has this name, and no exception of the function's code has it.
            raise type("Sandbox.Timedout", (Exception,), {})(str(error)) from None

    return handler

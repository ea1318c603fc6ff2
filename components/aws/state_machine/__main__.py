"""Print the compiled workflow: ``python -m components.aws.state_machine``."""

import json
import sys

from components.aws.state_machine.compiler import compile_workflow
from core.workflow.pipeline import PIPELINE

sys.stdout.write(json.dumps(compile_workflow(PIPELINE, timeout_seconds=30), indent=2) + "\n")

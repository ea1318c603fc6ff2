"""Print the compiled workflow: ``python -m components.aws.state_machine [stepwise | fused]``."""

import json
import sys

from components.aws.state_machine.compiler import compile_workflow
from core.workflow.granularity import STEPWISE, pipeline_in

granularity = sys.argv[1] if len(sys.argv) > 1 else STEPWISE
definition = compile_workflow(pipeline_in(granularity), timeout_seconds=30)
sys.stdout.write(json.dumps(definition, indent=2) + "\n")

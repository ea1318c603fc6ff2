"""Print the compiled workflow in every granularity: ``python -m components.aws.state_machine``."""

import json
import sys

from components.aws.state_machine.compiler import compile_workflow
from core.workflow.granularity import GRANULARITIES, pipeline_in

definitions = {each: compile_workflow(pipeline_in(each), timeout_seconds=30) for each in GRANULARITIES}
sys.stdout.write(json.dumps(definitions, indent=2) + "\n")

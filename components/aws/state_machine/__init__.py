"""The compiler from the workflow's definition to an AWS Step Functions state machine."""

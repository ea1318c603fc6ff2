"""The settings of most stacks that tests change: a front door, and reviews of what the recipe flags."""

from local.environment import LocalStack

ORIGIN = "http://127.0.0.1:8700"  # of the page that the front door lets in
FRONT_DOOR = {"frontDoor": True, "pageOrigin": ORIGIN}
REVIEW = {"review": "flagged", "reviewSeconds": 60}  # for all decisions to be made on a slow machine
DURABLE = (LocalStack.AWS, "durable")
# Each stack and orchestrator that may wait for a person, and that outlives its emulator.
STACKS = ((LocalStack.AWS, "standard"), DURABLE, (LocalStack.AZURE, "storage"))

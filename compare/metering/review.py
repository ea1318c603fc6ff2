"""What a person's decision about a job adds to its usage.

Waiting itself costs nothing, but that a durable function on AWS keeps what it has written for as long: for a
thousand photos and a day a fiftieth of a cent, which is left out.
"""

from __future__ import annotations

# Of Step Functions: ask, wait, settle, and where it goes on. Every job enters the choice in front of them.
STATES = 4
ASK_MB = 256  # the memory of the function that asks: components/aws/review.py
# The page that is opened and the form that is sent; opening it reads the photo once more. A decision by
# command does without.
PAGE_CALLS, PAGE_GETS = 2, 1
# Of DynamoDB: asking, deciding and settling change the key of the open jobs' index, which replaces its entry;
# writing the token does not.
WRITES, MOVES = 4, 3
ENTRY_UNITS = 2

# Of a durable function on AWS: the steps that ask, keep the callback's id and settle, two of which result in
# a job document; the callback; and the call that goes on.
STEPS, DOCUMENTS, CALLBACKS, CALLS = 3, 2, 1, 1

# Of Durable Functions: the activities that ask and settle, the decision's event, the timer of the wait, and
# the workflow's own deadline, which begins anew.
ACTIVITIES, EVENTS, TIMERS = 2, 1, 2
EVENT_OPERATIONS = 3  # put, got, deleted
# The id of the decided job in a queue: put, got, deleted; and the function that gets it.
DECISION_OPERATIONS, DECISION_EXECUTIONS = 3, 1
ROWS = 3  # written when it asks, is decided, and settles

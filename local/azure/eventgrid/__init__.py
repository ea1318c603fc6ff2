"""Event Grid: send an event to the subscribed queues for each blob that is written."""

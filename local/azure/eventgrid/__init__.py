"""Event Grid's part: tell subscribed queues of the blobs that were written."""

"""Azure Functions entry points and the ports on Blob, Table and Queue storage."""

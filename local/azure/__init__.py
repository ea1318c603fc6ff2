"""Host Azure Functions apps on this machine, on Microsoft's own worker library.

The daemon (``python -m local.azure``) runs in the azure-host environment and imports the standard library,
what ``locks/azure-host.txt`` holds, and of the project only :mod:`local.loopback`::

    control.py      the HTTP API by which a deployment delivers packages, settings and event subscriptions
    host.py         the apps and subscriptions that exist
    app.py          one app: its deployment, its task hub and its triggers
    deployment.py   one package under one set of settings, with a worker process kept alive
    packages.py     fetch and unpack a package
    process.py      the daemon's end of a worker process
    worker.py       the worker process itself, a script that imports nothing of the project
    bindings.py     the functions that an app declares, and the targets of their bindings
    host_json.py    the options of an app's host.json
    queue_trigger.py  poll a storage queue and run a function for each message
    http/           the functions with an HTTP trigger, at an address of the app
    durable/        the task hub of Durable Functions and the pump between it and an app
    eventgrid/      turn blob writes in Azurite's access log into Event Grid events on a queue
    tasks.py, logs.py  background tasks; an app's log file
    storage.py      the endpoints and the key of the storage emulator
"""

"""What stands on the emulated clouds, and how to kill what runs them."""

import json
import urllib.request

import boto3
import psutil
import requests
from azure.core.credentials import AzureNamedKeyCredential
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from local import state
from local.providers.azure_native import inventory

TEST_QUEUES = "heard-by-tests-"  # what tests/e2e/conftest.py names its own queues


def left_over(running, outputs):
    """Return the names of everything that stands on the emulated cloud."""
    if outputs["cloud"] == "aws":
        return [
            *(each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]),
            *(each["FunctionName"] for each in boto3.client("lambda").list_functions()["Functions"]),
            *(
                each["stateMachineArn"]
                for each in boto3.client("stepfunctions").list_state_machines()["stateMachines"]
            ),
            *boto3.client("dynamodb").list_tables()["TableNames"],
            *(each["TopicArn"] for each in boto3.client("sns").list_topics()["Topics"]),
            *(
                url
                for url in boto3.client("sqs").list_queues().get("QueueUrls", [])
                if TEST_QUEUES not in url
            ),
            *(each["Name"] for each in boto3.client("events").list_rules()["Rules"]),
            *(each["logGroupName"] for each in boto3.client("logs").describe_log_groups()["logGroups"]),
            *(each["ApiId"] for each in boto3.client("apigatewayv2").get_apis()["Items"]),
            *(each["RoleName"] for each in boto3.client("iam").list_roles()["Roles"]),
        ]
    apps = urllib.request.Request(f"{running.azure.control}/apps", headers=running.azure.authorization)
    with urllib.request.urlopen(apps) as answer:
        names = list(json.load(answer)["apps"])
    for blobs, queues, tables in accounts(running):
        for listed in (blobs.list_containers(), queues.list_queues(), tables.list_tables()):
            names += [each.name for each in listed]
    return names


def accounts(running):
    """Yield the three services of every storage account on the emulator."""
    for account in running.azure.accounts:
        credential = AzureNamedKeyCredential(account, running.azure.key)
        yield (
            BlobServiceClient(f"{running.azure.blob}/{account}", credential=credential),
            QueueServiceClient(f"{running.azure.queue}/{account}", credential=credential),
            TableServiceClient(f"{running.azure.table}/{account}", credential=credential),
        )


def clear(running, outputs):
    """Remove the data that a stack left behind."""
    if outputs["cloud"] == "aws":
        for bucket in (outputs["inputContainer"], outputs["outputContainer"]):
            kept = boto3.resource("s3").Bucket(bucket)
            kept.objects.delete()
            kept.delete()
        boto3.client("dynamodb").delete_table(TableName=outputs["ledger"])
        return
    for blobs, queues, tables in accounts(running):
        for container in blobs.list_containers():
            blobs.delete_container(container.name)
        for each in queues.list_queues():
            queues.delete_queue(each.name)
        for table in tables.list_tables():
            tables.delete_table(table.name)
    for each in inventory.everything():
        inventory.forget(each)


def kill(name):
    """Kill an emulator of the set-up that ``local.state`` finds."""
    current = state.load()
    pids = {"ministack": current.aws.pid, **current.azure.pids}
    process = psutil.Process(pids[name])
    process.kill()
    process.wait(10)


def kill_a_worker(running, cloud):
    """Kill a process that runs the functions' code, as the kernel does when memory is short."""
    if cloud == "azure":
        url, key = f"{running.azure.control}/apps", running.azure.authorization
        [hosted] = requests.get(url, headers=key, timeout=10).json()["apps"]
        psutil.Process(hosted["pid"]).kill()
        return
    workers = psutil.Process(running.aws.pid).children(recursive=True)
    alive = [each for each in workers if each.status() != psutil.STATUS_ZOMBIE]
    max(alive, key=lambda each: each.cpu_times().user).kill()

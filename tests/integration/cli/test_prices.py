from typing import Any

from typer.testing import CliRunner

from cli import prices


def run(*arguments: str) -> Any:
    return CliRunner().invoke(prices.app, list(arguments))


def test_refresh_reads_the_addresses_it_is_given():
    result = run("refresh", "aws.s3.put_requests", "--aws-url", "http://127.0.0.1:9", "-r", "us-east-1")
    assert result.exit_code == 1
    assert "127.0.0.1:9" in result.output.replace("\n", "")

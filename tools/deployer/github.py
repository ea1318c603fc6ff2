"""The trust of the clouds in one repository's workflows, for a pull request or a deployment."""

from __future__ import annotations

import json

ISSUER = "token.actions.githubusercontent.com"
AWS_AUDIENCE = "sts.amazonaws.com"
AZURE_AUDIENCE = "api://AzureADTokenExchange"
# GitHub's subject claims: docs.github.com, "OpenID Connect reference".
SUBJECTS = {
    "preview": "repo:OWNER/REPOSITORY:pull_request",
    "deployer": "repo:OWNER/REPOSITORY:environment:{cloud}",
}


def aws_trust(subject: str) -> dict[str, object]:
    """Return the trust policy of a role for workflows with this subject."""
    provider = f"arn:aws:iam::ACCOUNT_ID:oidc-provider/{ISSUER}"
    equal = {f"{ISSUER}:aud": AWS_AUDIENCE, f"{ISSUER}:sub": subject}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": equal},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def azure_credential(name: str, subject: str) -> dict[str, object]:
    """Return the federated credential of an identity for workflows with this subject."""
    return {
        "name": f"github-{name}",
        "issuer": f"https://{ISSUER}",
        "subject": subject,
        "audiences": [AZURE_AUDIENCE],
    }


def documents() -> dict[str, str]:
    """Return the texts of the files in docs/deploy, by name."""
    made: dict[str, dict[str, object]] = {}
    for name, subject in SUBJECTS.items():
        made[f"aws-{name}-trust"] = aws_trust(subject.format(cloud="aws"))
        made[f"azure-{name}-credential"] = azure_credential(name, subject.format(cloud="azure"))
    return {f"{name}.json": json.dumps(document, indent=2) + "\n" for name, document in made.items()}

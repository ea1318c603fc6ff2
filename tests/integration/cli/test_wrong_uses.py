"""What every command says to whoever uses it wrongly: the key part of its sentence, and the exit code.

All run in this process, in a folder with the files that the fixture makes. A Pulumi there knows the stacks
``aws``, of an older Twinlens, and ``undeployed``; nothing else is reached.
"""

import json
import os
import re
import shlex
import sys
from pathlib import Path

import pytest

import cli.console
from cli.main import COMMANDS, command, commands_of, main
from local import doctor

SAMPLE = Path(__file__).parents[3] / "samples" / "trail.webp"
OLD = {
    "cloud": "aws",
    "region": "eu-west-1",
    "recipe": "gallery",
    "inputPrefix": "incoming/",
    "ledger": "jobs",
}
OLD |= {"inputContainer": "photos", "outputContainer": "results", "workflow": "w"}
OLD |= {"errorTopic": "e", "successTopic": "s"}
OLD |= {"deadLetters": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead"}
PULUMI = f"""#!/bin/sh
case "$*" in
*"--stack undeployed"*) echo '{{}}' ;;
*"--stack aws"*) echo '{json.dumps(OLD)}' ;;
*"--stack nobody"*) echo "error: PULUMI_ACCESS_TOKEN must be set for login" >&2; exit 255 ;;
*) echo "error: no stack named 'awz' found" >&2; exit 255 ;;
esac
"""

STACK = [
    ("{}", 2, "Missing option '--stack'"),
    (
        "{} -s awz",
        1,
        "stack 'awz' (did you mean 'aws'?): no stack named 'awz' found. `pulumi up -s awz` creates it.",
    ),
    (
        "{} -s undeployed",
        1,
        "Nothing is deployed in the stack 'undeployed': `pulumi up -s undeployed` deploys it.",
    ),
    ("{} -s nobody", 1, "is not logged in: `pulumi login`"),
    ("{} -s aws-local", 1, "The emulators are not running; start them with `twinlens local up`."),
    ("{} -s", 2, "Option '-s' requires an argument."),
    ("{} -s ''", 1, "--stack is empty: name a stack, such as aws-local."),
]
ONE_JOB = [
    ("{}", 2, "Missing argument 'job'."),
    *((use.replace("{}", "{} 3f2a"), *rest) for use, *rest in STACK),
]
ONE_RUN = [
    ("{} missing", 1, "missing is not a run: it does not exist. `twinlens bench` creates runs."),
    ("{} note.txt", 1, "note.txt is not a run: it is a file."),
    ("{} empty", 1, "empty is not a run: it has no run.json."),
    ("{} broken-run", 1, "broken-run/run.json is not a valid Twinlens run: Input data was truncated."),
]
NO_RUN = [
    *ONE_RUN,
    ("{}", 2, "Missing argument 'runs'."),
    (
        "{} empty missing",
        1,
        "empty is not a run: it has no run.json. `twinlens bench` creates runs. missing is not a run",
    ),
]
NO_TOML = [
    ("{} missing.toml", 1, "missing.toml cannot be read: No such file or directory."),
    ("{} empty", 1, "empty cannot be read: Is a directory."),
    ("{} note.txt", 1, "note.txt is not valid TOML: Expected '=' after a key"),
    ("{} binary.toml", 1, "binary.toml is not valid TOML: 'utf-8' codec can't decode byte 0xff"),
]
EXTRA = [
    ("{} surplus", 2, "Got unexpected extra argument(s) (surplus)"),
    ("{} --jsn", 2, "No such option: --jsn"),
    ("{} -s aws", 2, "No such option: -s"),
    ("{} --stack aws", 2, "No such option: --stack"),
    ("{} --verbose", 2, "No such option: --verbose"),
]

USES: dict[str, list[tuple[str, int, str]]] = {
    "": [
        ("", 2, "Usage: twinlens"),
        ("submitt photo.jpg", 2, "No such command 'submitt'. Did you mean 'submit'?"),
        ("nowhere", 2, "No such command 'nowhere'."),
        ("--verson", 2, "No such option: --verson (Possible options: --version)"),
        ("--stack aws jobs list", 2, "No such option: --stack"),
    ],
    "process": [
        ("{}", 2, "Missing argument 'photos'."),
        ("{} missing.jpg", 2, "path 'missing.jpg' does not exist."),
        ("{} empty", 1, "There are no photos in empty."),
        ("{} note.txt", 1, "note.txt: rejected: The file is not an image; send one of jpeg, png"),
        (
            "{} photo.jpg --recipe galery",
            1,
            "There is no recipe 'galery' (did you mean 'gallery'?); there are",
        ),
        ("{} photo.jpg --recipe missing.toml", 1, "The recipe missing.toml can't be read: No such file"),
        ("{} photo.jpg -r broken.toml", 1, "line 4: filter is not known here (did you mean 'filters'?)"),
        ("{} photo.jpg -r broken.toml", 1, "line 2: sizes 1: name is 3; it must be text."),
        ("{} photo.jpg --out note.txt", 2, "dir 'note.txt' is a file."),
        ("{} photo.jpg --filters empty", 1, "empty is no folder of filters: it has no file `<name>.py`."),
    ],
    "filters": [*EXTRA, ("{} --filters note.txt", 2, "dir 'note.txt' is a file.")],
    "submit": [
        *((f"{use} photo.jpg".replace(" -s photo.jpg", " photo.jpg -s"), *rest) for use, *rest in STACK),
        ("{} missing.jpg -s aws", 2, "path 'missing.jpg' does not exist."),
        ("{} note.txt -s aws", 1, "No job starts for note.txt: a name must end with .jpg"),
        ("{} empty -s aws", 1, "There are no photos in empty."),
        ("{} photo.jpg -s aws --timeout 0", 2, "0 is not at least 1."),
        ("{} photo.jpg -s aws --timeout soon", 2, "soon is not a number."),
        ("{} photo.jpg -s aws --via-api http://127.0.0.1:9", 2, "'--via-api': give one of them."),
        ("{} photo.jpg --via-api", 2, "Option '--via-api' requires an argument."),
        ("{} photo.jpg --via-api ''", 1, "--via-api is ''; give an address, such as the output apiUrl."),
        ("{} photo.jpg --via-api aws", 1, "--via-api is 'aws'; give an address"),
        ("{} photo.jpg --via-api file:///etc/passwd", 1, "give an address, such as the output apiUrl."),
        ("{} photo.jpg --via-api http://127.0.0.1:9", 1, "127.0.0.1:9 does not answer."),
        ("{} note.txt --via-api http://127.0.0.1:9", 1, "No job starts for note.txt"),
    ],
    "batch": [
        *((use.replace("{}", "{} --prefix incoming/"), *rest) for use, *rest in STACK[1:5]),
        ("{} --prefix incoming/", 1, "--stack is missing: name a stack, such as aws-local."),
        ("{} -s aws", 1, "Give either --prefix or --manifest, to say which photos."),
        ("{} -s aws --prefix a --manifest note.txt", 1, "Give either --prefix or --manifest"),
        ("{} -s aws --manifest missing.csv", 2, "file 'missing.csv' does not exist."),
        ("{} -s aws --manifest note.txt", 1, "note.txt is no manifest: its name must end in .json, .jsonl"),
        (
            "{} -s aws --prefix elsewhere/",
            1,
            "under 'incoming/' and 'archive/', and not 'elsewhere/'.",
        ),
        ("{} -s aws --prefix incoming/ --tolerate some", 1, "--tolerate is 'some'; it must be a share"),
        ("{} -s aws --prefix incoming/ --tolerate 101%", 1, "it must be a share from 0% to 100%"),
        ("{} -s aws --prefix incoming/ --concurrency 0", 2, "0 is not at least 1."),
        ("{} -s aws --prefix incoming/ --recipe galery", 1, "There is no recipe 'galery' (did you mean"),
        ("{} -s aws --prefix incoming/ --out runs", 1, "--out needs --wait: `twinlens batch show"),
    ],
    "batch show": [
        *((use.replace("job", "batch"), *rest) for use, *rest in ONE_JOB[1:]),
        ("{}", 2, "Missing argument 'batch'."),
    ],
    "batch redrive": [
        *((use.replace("job", "batch"), *rest) for use, *rest in ONE_JOB[1:]),
        ("{}", 2, "Missing argument 'batch'."),
        ("{} 3f2a -s aws --older-than -1", 2, "-1 is not at least 0."),
        ("{} 3f2a -s aws --older-than inf", 2, "inf is not at most 527040."),
    ],
    "bench": [
        *((f"{use.replace('{}', '{} --photos photos')}", *rest) for use, *rest in STACK),
        ("{} -s aws", 2, "Missing option '--photos'."),
        ("{} -s aws --photos photo.jpg", 2, "dir 'photo.jpg' is a file."),
        ("{} -s aws --photos empty", 1, "empty contains no photos; supported are .jpg"),
        ("{} -s aws --photos photos --bursts 0", 2, "0 is not at least 1."),
        ("{} -s aws --photos photos --rate fast", 2, "fast is not a number."),
        ("{} -s aws --photos photos --chaos everything", 1, "no chaos profile 'everything'; there are calm"),
        ("{} -s aws --photos photos --out note.txt", 2, "dir 'note.txt' is a file."),
        ("{} -s aws --photos photos", 1, "The stack has no output 'orchestrator': `pulumi up` updates it"),
    ],
    "collect": NO_RUN,
    "report": [
        *NO_RUN,
        ("{} empty --images-per-month 0", 2, "0 is not at least 1."),
        ("{} empty --images-per-month many", 2, "many is not a whole number."),
        ("{} empty --out note.txt", 2, "dir 'note.txt' is a file."),
        ("{} empty --fail-if slow", 1, "'slow' is no threshold; write 'p95 > 3s'"),
        ("{} empty --terms missing.toml", 1, "The terms missing.toml cannot be read: No such file"),
    ],
    "runs list": [
        ("{}", 1, "runs contains no runs; `twinlens bench` creates runs."),
        ("{} -s aws", 1, "runs contains no runs of aws"),
        ("{} --folder missing", 1, "missing contains no runs"),
        ("{} missing", 2, "Got unexpected extra argument(s) (missing)"),
        ("{} --jsn", 2, "No such option: --jsn"),
    ],
    "runs show": [
        ("{}", 2, "Missing argument 'run'."),
        *ONE_RUN,
        ("{} empty missing", 2, "Got unexpected extra argument(s) (missing)"),
    ],
    "runs label": [
        ("{}", 2, "Missing argument 'run'."),
        ("{} empty", 2, "Missing argument 'text'."),
        *((f"{use} x", *rest) for use, *rest in ONE_RUN),
    ],
    "cost": [
        ("{}", 2, "Missing argument 'usage'."),
        *NO_TOML,
        ("{} wrong-usage.toml", 1, "Unknown key 'lambada' (did you mean 'lambda'?)"),
        ("{} usage.toml --terms usage.toml", 1, "usage.toml: unknown table 'meters'"),
        ("{} usage.toml --region mars-1", 1, "The price book has no region 'mars-1'; it has us-east-1"),
        ("{} usage.toml --free-tier", 2, "No such option: --free-tier (Possible options: --no-free-tier)"),
    ],
    "estimate": [
        ("{}", 2, "Missing option '--stack'"),
        ("{} -s aws", 2, "Missing option '--images-per-month'."),
        ("{} -s awz --images-per-month 1", 1, "There is no stack 'awz'"),
        ("{} -s aws --images-per-month -1", 2, "-1 is not at least 0."),
        (
            "{} -s aws --images-per-month 1 --sweep tags",
            1,
            "--sweep tags names no values; write --sweep tags=",
        ),
        ("{} -s aws --images-per-month 1 --runs .", 2, "add --sweep, such as --sweep memoryMb."),
        (
            "{} -s aws --images-per-month 1 --set granularity",
            1,
            "names no value; write --set granularity=fused.",
        ),
        (
            "{} -s aws --images-per-month 1 --set memoryMb=1 --set granularty=x",
            1,
            "twinlens:memoryMb is '1'; allowed:",
        ),
        (
            "{} -s aws --images-per-month 1 --set memoryMb=1 --set granularty=x",
            1,
            "did you mean twinlens:granularity?",
        ),
        ("{} -s aws --images-per-month 1 --region mars-1", 1, "The price book has no region 'mars-1'"),
        ("{} -s aws --images-per-month 1 --cold-share 2", 2, "2 is not a share between 0 and 1."),
        ("{} -s aws --images-per-month 1 --megapixels 1000", 1, "rejected by aws: maxPixels is 100,000,000."),
    ],
    "simulate": [
        ("{}", 2, "Missing argument 'workload'."),
        *NO_TOML,
        ("{} wrong-workload.toml", 1, "Unknown table 'imges'"),
        ("{} wrong-workload.toml", 1, "Unknown table 'stack'"),
    ],
    "advise": [
        ("{}", 2, "Missing option '--images-per-month'."),
        ("{} --images-per-month 0", 2, "0 is not at least 1."),
        ("{} --images-per-month 1 --p95 quickly", 2, "'quickly' is no time; write 5s, 800ms or 2m."),
        ("{} --images-per-month 1 --arrivals sometimes", 2, "must be one of poisson, daily, rate."),
        ("{} --images-per-month 1 --photos note.txt", 2, "dir 'note.txt' is a file."),
        ("{} --images-per-month 1 --photos empty", 1, "empty has no photo whose size can be read."),
        (
            "{} --images-per-month 1 --recipe galery",
            1,
            "There is no recipe 'galery' (did you mean 'gallery'?)",
        ),
        ("{} --images-per-month 1 --set memoryMb=1024", 1, "every variant can have frontDoor, cdn and waf"),
        ("{} --images-per-month 1 --set cdn=true", 1, "add --set frontDoor=true."),
        (
            "{} --images-per-month 1 --set frontDoor=true --set cdn=false --set waf=true",
            1,
            "leave cdn=false out.",
        ),
    ],
    "calibrate": [
        ("{}", 2, "Missing argument 'sources'."),
        (
            "{} missing note.txt",
            1,
            "missing is not there; note.txt is a file. Give either run folders, or one folder",
        ),
        ("{} empty", 1, "There are no photos in empty."),
        ("{} broken-run", 1, "broken-run/run.json is not a valid Twinlens run"),
        ("{} photos --out empty", 2, "file 'empty' is a directory."),
        ("{} broken-run photos", 1, "photos is not a run. Give either run folders, or one folder of photos."),
    ],
    "doctor": EXTRA,
    "jobs list": [
        *STACK,
        ("{} -s aws --state done", 2, "'done' is not one of 'claimed', "),
        ("{} -s aws --limit 0", 2, "0 is not at least 1."),
        (
            "{} -s aws --key outgoing/x.jpg",
            1,
            "No job can match 'outgoing/x.jpg': keys begin with 'incoming/'",
        ),
    ],
    "jobs show": [*ONE_JOB, ("{} a b -s aws", 2, "Got unexpected extra argument(s) (b)")],
    "jobs approve": [*ONE_JOB, ("{} 3f2a -s aws --because fine", 2, "No such option: --because")],
    "jobs reject": [*ONE_JOB, ("{} 3f2a -s aws --reason", 2, "Option '--reason' requires an argument.")],
    "jobs get": [*ONE_JOB, ("{} 3f2a -s aws --out note.txt", 2, "dir 'note.txt' is a file.")],
    "jobs reconcile": [*STACK, ("{} -s aws --older-than -1", 2, "-1 is not at least 0.")],
    "jobs redrive": [*STACK, ("{} -s aws --dry", 2, "No such option: --dry (Possible options: --dry-run)")],
    "local up": [
        ("{} -s aws", 2, "'aws' is not one of 'aws-local', 'azure-local'."),
        ("{} -s AWS-LOCAL", 2, "'AWS-LOCAL' is not one of 'aws-local', 'azure-local'."),
        ("{} aws-local", 2, "Got unexpected extra argument(s) (aws-local)"),
        ("{} --redeploy", 2, "No such option: --redeploy (Possible options: --deploy, --no-deploy)"),
        ("{} --stack", 2, "Option '--stack' requires an argument."),
    ],
    "local down": EXTRA,
    "local status": [*EXTRA, ("{}", 1, "not running")],
    "local env": [
        *EXTRA,
        ("{}", 1, "The emulators are not running; start them with `twinlens local up`."),
        ("{} --unset", 1, "This shell is not pointed to the emulators: there is nothing to undo."),
    ],
    "local listen": [
        ("{} -s aws-local surplus", 2, "Got unexpected extra argument(s) (surplus)"),
        ("{}", 2, "Missing option '--stack'"),
        ("{} -s aws", 2, "'aws' is not one of 'aws-local', 'azure-local'."),
        ("{} -s aws-local --count -1", 2, "-1 is not at least 0."),
        ("{} -s aws-local", 1, "The emulators are not running; start them with `twinlens local up`."),
    ],
    "web": [
        *STACK[1:],
        ("{}", 1, "The emulators are not running; start them with `twinlens local up`."),
        ("{} -s aws --port 0", 2, "0 is not at least 1."),
        ("{} aws", 2, "Got unexpected extra argument(s) (aws)"),
        ("{} -s aws", 1, "The stack has no output 'apiUrl': `pulumi up` updates it"),
    ],
    "photos make": [
        ("{}", 2, "Missing argument 'folder'."),
        ("{} note.txt", 2, "dir 'note.txt' is a file."),
        ("{} new --count 0", 2, "0 is not at least 1."),
        ("{} new --megapixels large", 2, "large is not a number."),
        ("{} new --format gif87", 2, "'gif87' is not one of 'jpeg', 'png', 'webp'"),
    ],
    "prices show": [
        ("{} aws.lamda", 1, "No meter's name starts with 'aws.lamda' (did you mean 'aws.lambda.requests'?)"),
        ("{} aws.lambda --region mars-1", 1, "The price book has no region 'mars-1'"),
        (
            "{} aws.lambda --region westeurope",
            1,
            "No meter whose name starts with 'aws.lambda' has a price in westeurope.",
        ),
        ("{} aws.lambda azure", 2, "Got unexpected extra argument(s) (azure)"),
        ("{} --region", 2, "Option '--region' requires an argument."),
    ],
    "prices check": [
        *EXTRA,
        ("{} --old-after never", 2, "never is not a whole number."),
        ("{} --old-after -1", 2, "-1 is not at least 0."),
    ],
    "prices refresh": [
        ("{} aws.lamda", 1, "No meter's name starts with 'aws.lamda' (did you mean 'aws.lambda.requests'?)"),
        ("{} aws.lambda --region mars-1", 1, "The price book has no region 'mars-1'"),
        ("{} aws.lambda --region westeurope", 1, "has a price in westeurope."),
        ("{} aws.lambda azure", 2, "Got unexpected extra argument(s) (azure)"),
        ("{} --region", 2, "Option '--region' requires an argument."),
    ],
}
CASES = [
    pytest.param(use.replace("{}", name), code, said, id=use.replace("{}", name) or "twinlens")
    for name, uses in USES.items()
    for use, code, said in uses
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with what people give by mistake."""
    made = tmp_path_factory.mktemp("here")
    for name in ("empty", "photos", "broken-run", "bin"):
        (made / name).mkdir()
    for name in ("photo.jpg", "photos/a.webp"):
        (made / name).write_bytes(SAMPLE.read_bytes())
    (made / "note.txt").write_text("no photo\n")
    (made / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (made / "broken.toml").write_text("[[sizes]]\nname = 3\nwdth = 4\n[[filter]]\n")
    (made / "usage.toml").write_text('[meters]\n"aws.lambda.requests" = 5\n')
    (made / "wrong-usage.toml").write_text("[[lambada]]\nrequests = 5\n")
    (made / "wrong-workload.toml").write_text('imges = 3\n[stack]\ncloud = "gcp"\n')
    (made / "broken-run" / "run.json").write_text("{")
    (made / "bin" / "pulumi").write_text(PULUMI)
    (made / "bin" / "pulumi").chmod(0o755)
    return made


@pytest.fixture
def twinlens(folder, monkeypatch, capsys):
    """Run a command line in the folder; return its exit code, and what it printed as one line, unframed."""
    for name in [each for each in os.environ if each.startswith(("AWS_", "AZURE_", "PULUMI_", "TWINLENS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TWINLENS_LOCAL", str(folder / "local" / "local.json"))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(cli.console.errors, "_file", None)

    def run(line):
        monkeypatch.setattr(sys, "argv", ["twinlens", *shlex.split(line)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        shown = capsys.readouterr()
        return code, re.sub(r"[\s│╭╮╰╯─]+", " ", shown.out + shown.err)

    return run


@pytest.mark.parametrize(("use", "code", "said"), CASES)
def test_a_wrong_use_is_answered_with_a_sentence(twinlens, folder, use, code, said):
    before = {path for path in folder.rglob("*") if "local" not in path.parts}
    ended, shown = twinlens(use)
    assert said in shown
    assert ended == code
    for shrug in ("Traceback", "Unexpected ", "error in Twinlens", "Input should", "None"):
        assert shrug not in shown
    assert {path for path in folder.rglob("*") if "local" not in path.parts} == before, (
        "something half-written"
    )


def test_doctor_and_the_errors_agree_on_a_missing_pulumi_and_a_missing_login(twinlens, folder, monkeypatch):
    assert "is not logged in: `pulumi login`" in twinlens("jobs list -s nobody")[1]
    login = doctor._pulumi_login()
    assert (login.found, "`pulumi login`" in login.remedy) == (None, True)
    assert doctor._pulumi_on_path().found == str(folder / "bin" / "pulumi")

    monkeypatch.setenv("PATH", str(folder / "empty"))
    said = "The Pulumi CLI is not on PATH: `twinlens doctor` says how to install it."
    assert said in twinlens("jobs list -s aws")[1]
    assert [doctor._pulumi_on_path().found, doctor._pulumi_login().found] == [None, None]


def test_every_command_has_at_least_five():
    paths = set()
    for name in COMMANDS:
        made = command(name)
        paths |= {f"{name} {each.name}" for each in commands_of(made)} or {name}
        if getattr(made, "invoke_without_command", False):
            paths.add(name)
    assert paths | {""} == set(USES)
    assert not [name for name, uses in USES.items() if len({use for use, _, _ in uses}) < 5]

import subprocess
import sys


def test_only_the_module_of_the_type_is_imported():
    # Python knows all modules of the SDK at once, but reads them when they are first used.
    program = (
        "import sys; from local.providers.schema import resource_schema;"
        "resource_schema('pulumi_aws', 'aws:sqs/queue:Queue');"
        "assert 'pulumi_aws.sqs.queue' in sys.modules and 'pulumi_aws.ec2.instance' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

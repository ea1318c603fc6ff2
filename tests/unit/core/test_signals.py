import os
import signal

import pytest

from core.signals import ending_politely

REQUESTS = (signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_to_end_runs_what_is_to_be_run_at_the_end(request_):
    ended = []

    def interrupted():
        try:
            os.kill(os.getpid(), request_)
        finally:
            ended.append(request_)

    with pytest.raises(SystemExit) as left, ending_politely():
        interrupted()
    assert (left.value.code, ended) == (128 + request_, [request_])


def test_requests_are_dealt_with_as_before_once_the_block_is_left():
    before = [signal.getsignal(each) for each in REQUESTS]
    with ending_politely():
        assert all(signal.getsignal(each) not in before for each in REQUESTS)
    assert [signal.getsignal(each) for each in REQUESTS] == before

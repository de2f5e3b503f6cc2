"""A session runs on the CPU, with the threads it was given."""

import pytest

from earwitness.detector.card import read_card, read_weights
from earwitness.detector.sessions import open_session


@pytest.mark.parametrize("threads", [1, 2])
def test_a_session_is_of_the_cpu_and_has_its_threads(threads: int) -> None:
    session = open_session(read_weights(read_card()), threads)
    assert session.get_providers() == ["CPUExecutionProvider"]
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (threads, 1)


def test_what_is_no_network_is_the_runtimes_error() -> None:
    with pytest.raises(Exception, match=r"ModelProto|[Pp]rotobuf"):
        open_session(b"no network", 1)

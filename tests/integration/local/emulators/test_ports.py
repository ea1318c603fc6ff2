import socket

from local.emulators.ports import LOOPBACK, free


def test_ports_differ_and_can_be_listened_on() -> None:
    ports = free(20)
    assert len(set(ports)) == 20
    with socket.socket() as server:
        server.bind((LOOPBACK, ports[0]))

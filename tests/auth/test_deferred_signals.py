"""Ctrl-C and SIGTERM wait while a refresh token is being exchanged, and are never swallowed."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from collector.deferred_signals import signals_deferred, signals_delivered, wait_for_exchanges


@pytest.fixture
def came():
    """The signals that reached the handlers."""
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in numbers}
    yield came
    for number, handler in before.items():
        signal.signal(number, handler)


def test_both_come_after_the_critical_moment(came):
    with signals_deferred():
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            signal.raise_signal(number)
        assert came == []
    assert came == [signal.SIGTERM, signal.SIGINT]
    signal.raise_signal(signal.SIGINT)
    assert len(came) == 3


def test_they_come_through_while_nothing_can_be_lost(came):
    with signals_deferred():
        signal.raise_signal(signal.SIGINT)
        with signals_delivered():
            assert came == [signal.SIGINT]
            signal.raise_signal(signal.SIGTERM)
            assert len(came) == 2
        signal.raise_signal(signal.SIGINT)
        assert len(came) == 2
    assert len(came) == 3
    with signals_delivered():
        pass


def test_nested_moments_are_one(came):
    with signals_deferred():
        with signals_deferred():
            signal.raise_signal(signal.SIGINT)
        assert came == []
    assert came == [signal.SIGINT]


def test_ctrl_c_ends_a_wait_between_two_tries():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), signals_deferred(), signals_delivered():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        with pytest.raises(KeyboardInterrupt), signals_deferred():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_change_nothing(came):
    handler = signal.getsignal(signal.SIGINT)

    def critical() -> None:
        with signals_deferred(), signals_delivered():
            assert signal.getsignal(signal.SIGINT) is handler

    with ThreadPoolExecutor(1) as pool:
        pool.submit(critical).result()


def test_a_handler_of_another_language_is_left_alone(came, monkeypatch):
    handler = signal.getsignal(signal.SIGTERM)
    getsignal = signal.getsignal
    monkeypatch.setattr(signal, "getsignal", lambda number: None if number == signal.SIGTERM else getsignal(number))
    with signals_deferred():
        assert getsignal(signal.SIGTERM) is handler
        assert getsignal(signal.SIGINT) is not handler


def test_a_refresh_is_finished_and_kept_before_ctrl_c_ends_it(came, new_signed_in, sign_in, rotation, file):
    sign_in()
    seen = []

    def interrupt() -> None:
        signal.raise_signal(signal.SIGINT)
        seen.append(list(came))

    rotation.before_answering = interrupt
    new_signed_in().refresh()
    assert seen == [[]]
    assert came == [signal.SIGINT]
    assert file.load().refresh_token == "refresh-1"


def test_who_ends_the_process_waits_for_an_exchange_in_another_thread() -> None:
    answered, exchanging = threading.Event(), threading.Event()

    def exchange() -> None:
        with signals_deferred():
            exchanging.set()
            answered.wait(60)

    reader = threading.Thread(target=exchange)
    reader.start()
    assert exchanging.wait(60)
    assert wait_for_exchanges(0) is False
    answered.set()
    assert wait_for_exchanges(10) is True
    reader.join(60)

"""Steps that overlap keep their order, and what one raises is not lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from qa_assistant.ingestion.pipeline import Behind, one_ahead


def numbers(made: list[int], most: int, fails_at: int = -1) -> Iterator[int]:
    for number in range(most):
        if number == fails_at:
            raise OSError("the disk is gone")
        made.append(number)
        yield number


def test_the_next_item_is_made_while_the_last_is_worked_on() -> None:
    second = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        second.set()
        yield 2

    with closing(one_ahead(items())) as ready:
        assert next(ready) == 1
        assert second.wait(30)
        assert list(ready) == [2]


def test_what_the_maker_raises_comes_after_the_items_before_it() -> None:
    seen: list[int] = []
    with pytest.raises(OSError, match="disk"), closing(one_ahead(numbers([], 5, fails_at=2))) as ready:
        seen.extend(ready)
    assert seen == [0, 1]


def test_an_interruption_leaves_no_thread_and_makes_no_more_than_one_item_ahead() -> None:
    made: list[int] = []
    with pytest.raises(KeyboardInterrupt), closing(one_ahead(numbers(made, 100))) as ready:
        for _ in ready:
            raise KeyboardInterrupt
    assert made in ([0], [0, 1])
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reading")]


def test_jobs_are_done_in_order_and_the_one_under_way_is_finished_after_an_interruption() -> None:
    done: list[int] = []
    going = threading.Event()

    def job(number: int) -> None:
        if number == 2:
            going.wait(30)
        done.append(number)

    with pytest.raises(KeyboardInterrupt), Behind() as writer:
        for number in range(3):
            writer.do(job, number)
        going.set()
        raise KeyboardInterrupt
    assert done == [0, 1, 2]


def test_what_a_job_raises_stops_the_next() -> None:
    done: list[int] = []
    with pytest.raises(ZeroDivisionError), Behind() as writer:
        writer.do(lambda: 1 / 0)  # type: ignore[arg-type]
        writer.do(done.append, 1)
    assert done == []
    with pytest.raises(ZeroDivisionError), Behind() as writer:
        writer.do(lambda: 1 / 0)  # type: ignore[arg-type]

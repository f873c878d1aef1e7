"""How commands name what could not be read."""

from __future__ import annotations

import pytest

from qa_assistant.cli.context import note_problems
from qa_assistant.ingestion.corpus import Problem


def named(capsys: pytest.CaptureFixture[str], paths: list[str], *, every: bool = False) -> list[str]:
    note_problems([Problem(path, "is empty") for path in paths], every=every)
    out = capsys.readouterr()
    assert out.out == ""
    return out.err.splitlines()


def test_of_a_table_the_first_rows_are_named_and_the_others_counted(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"a/big.csv#{line}" for line in range(2, 20_002)]
    small = [f"small#1.csv#{line}" for line in (2, 3, 4)]
    assert named(capsys, [*rows, *small]) == [
        *(f"{path} is empty" for path in [*rows[:3], *small]),
        "… and 19,997 more rows of a/big.csv",
    ]
    assert named(capsys, rows[:4])[-1] == "… and 1 more row of a/big.csv"
    assert named(capsys, rows, every=True) == [f"{path} is empty" for path in rows]


def test_files_and_folders_are_all_named(capsys: pytest.CaptureFixture[str]) -> None:
    paths = ["2021", "2022", "2023", "2024", "a#1.txt", "b.txt", "c.txt", "d.txt"]
    assert named(capsys, paths) == [f"{path} is empty" for path in paths]

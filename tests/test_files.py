"""Files that are written whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

from qa_assistant.files import write_whole


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "target.json"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to("elsewhere/target.json")
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert [file.name for file in target.parent.iterdir()] == ["target.json"]


def test_a_link_to_nothing_yet_makes_the_file(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "target.json")
    write_whole(tmp_path / "link.json", "new")
    assert (tmp_path / "target.json").read_text() == "new"

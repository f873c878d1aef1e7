"""What filters let through, as Chroma and SQLite are asked for it; what Chroma stores for that. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qa_assistant.dates import day_range
from qa_assistant.records import Filters, agencies


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What is stored for one passage: its key, and what filters need. Days are numbers such as 20221203."""

    key: str
    first_day: int
    last_day: int
    agencies: tuple[str, ...]

    @classmethod
    def of(cls, key: str, date: str | None, agency: str | None) -> VectorRow:
        """`date` as exact as it is known, `agency` as the article names it."""
        first, last = map(day_number, day_range(date)) if date else (0, 0)
        return cls(key, first, last, tuple(agencies(agency)))

    def metadata(self) -> dict[str, int | bool]:
        """What Chroma filters by; an article of two agencies is found by either."""
        days: dict[str, int | bool] = {"first_day": self.first_day, "last_day": self.last_day}
        return days | {f"agency/{one}": True for one in self.agencies}


def where_clause(filters: Filters) -> dict[str, Any] | None:
    """Chroma's form of `filters`: an article is kept if the days it may be from overlap the days asked for."""
    conditions: list[dict[str, Any]] = []
    if filters.since:
        conditions.append({"last_day": {"$gte": day_number(filters.since)}})
    if filters.until:
        conditions.append({"first_day": {"$lte": day_number(filters.until)}})
    if filters.since or filters.until:
        conditions.append({"first_day": {"$gt": 0}})
    for forms in _agency_forms(filters):
        any_of: list[dict[str, Any]] = [{f"agency/{form}": True} for form in forms]
        conditions.append(any_of[0] if len(any_of) == 1 else {"$or": any_of})
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return {"$and": conditions}


def day_number(date: str) -> int:
    """`2022-12-03` as 20221203."""
    return int(date.replace("-", ""))


def filter_condition(filters: Filters) -> tuple[str, list[str]]:
    """`filters` as an SQL condition on the table `articles a`, and its values; empty if there is none."""
    conditions: list[str] = []
    values: list[str] = []
    for condition, value in (("a.last_day >= ?", filters.since), ("a.first_day <= ?", filters.until)):
        if value:
            conditions.append(condition)
            values.append(value)
    for forms in _agency_forms(filters):
        conditions.append(f"({' OR '.join(['instr(a.agencies, ?)'] * len(forms))})")
        values += [f"/{form}/" for form in forms]
    return " AND ".join(conditions), values


def _agency_forms(filters: Filters) -> list[list[str]]:
    """Each agency asked for as it is stored, and as an older program did, which left `İ` its dot and `ə` as it is."""
    parts = (filters.agency or "").split("/")
    forms = [list(dict.fromkeys((one, part.strip().casefold()))) for part in parts for one in agencies(part)]
    return forms or [[one] for one in filters.agencies]

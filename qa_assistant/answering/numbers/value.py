"""A number or a date that stands in a text, and when two of them say the same. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Date(NamedTuple):
    """A date, as exact as it was written: what was not written is None."""

    year: int | None
    month: int | None
    day: int | None

    def within(self, other: Date) -> bool:
        """Whether all that is known of it is known of `other`, and the same."""
        return all(mine is None or mine == its for mine, its in zip(self, other, strict=True))

    def exists(self) -> bool:
        try:
            datetime.date(self.year or 2024, self.month or 1, self.day or 1)  # 2024 has a 29 February.
        except ValueError:
            return False
        return True


Reading = Decimal | Date


@dataclass(frozen=True, slots=True)
class Value:
    """A number or a date at `[start, end)` of its text, in code points, with everything that it may mean."""

    start: int
    end: int
    readings: frozenset[Reading]
    percent: bool = False
    currency: str = ""
    """ISO 4217 code; empty if there is none beside it."""

    def within(self, other: Value) -> bool:
        """Whether `other` says this too: the same number, or a date as exact or more so. `30` is within `30 %`.

        Numbers of two currencies differ; one without a currency may be of any.
        """
        same_unit = (other.percent or not self.percent) and (
            self.currency == other.currency or not (self.currency and other.currency)
        )
        return same_unit and any(
            mine.within(its) if isinstance(mine, Date) and isinstance(its, Date) else mine == its
            for mine in self.readings
            for its in other.readings
        )

    @property
    def whole(self) -> frozenset[str]:
        """The whole numbers and years that it may mean, in digits."""
        years = {str(one.year) for one in self.readings if isinstance(one, Date) and one.year}
        numbers = (one for one in self.readings if isinstance(one, Decimal) and abs(one) < 10**12)
        return frozenset(years | {str(int(one)) for one in numbers if one == int(one)})

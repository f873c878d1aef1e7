"""What a row of the catalogue must be like: damage that SQLite does not see, because the pages are whole."""

from __future__ import annotations

import sqlite3

_NUMBERS_AND_TEXTS = {
    "articles": "typeof(id) != 'text' OR typeof(text) != 'text' OR typeof(agencies) != 'text'"
    " OR typeof(ifnull(title, '')) != 'text' OR typeof(ifnull(place, '')) != 'text'"
    " OR typeof(ifnull(agency, '')) != 'text' OR typeof(ifnull(language, '')) != 'text'"
    " OR (date IS NOT NULL AND date NOT GLOB '[0-9][0-9][0-9][0-9]*')"
    " OR (date IS NULL) != (first_day IS NULL) OR (date IS NULL) != (last_day IS NULL)",
    "passages": "typeof(ordinal) != 'integer' OR typeof(length) != 'integer' OR typeof(start) != 'integer'"
    " OR typeof(end) != 'integer' OR NOT 0 <= start OR NOT start <= end OR NOT 0 <= length"
    " OR length > 1000000 OR NOT json_valid(sentences) OR typeof(sentence_vectors) != 'blob'",
    "files": "typeof(size) != 'integer' OR typeof(mtime_ns) != 'integer' OR typeof(digest) != 'text'",
    "sources": "typeof(path) != 'text'",
    "vocabulary": "typeof(block) != 'text' OR typeof(passages) != 'integer'",
    "vectors": "typeof(vector) != 'blob' OR length(vector) != :width",
    "word_vectors": "typeof(vector) != 'blob' OR length(vector) != :width",
    "means": "typeof(total) != 'blob' OR length(total) != 4 * :width OR typeof(count) != 'integer' OR count < 1",
    "words": "typeof(text) != 'text'",
    "meta": "typeof(value) != 'text' OR (key = 'store_offset' AND"
    " (value GLOB '*[^0-9a-f]*' OR length(value) NOT IN (0, 8, 4 * :width)))"
    " OR (key IN ('stored_row', 'touched_row', 'store_counted', 'store_removed', 'passage_tokens')"
    " AND (value GLOB '*[^0-9]*' OR length(value) > 18))"
    " OR (key = 'updated_at' AND value != '' AND (datetime(value) IS NULL OR value NOT GLOB '[12][0-9][0-9][0-9]-*T*'))"
    " OR (key = 'store_sizes' AND (NOT json_valid(value) OR json_type(value) != 'object'))",
}

_SENTENCES = (
    "SELECT 1 FROM passages p WHERE length(p.sentence_vectors) != :width * json_array_length(p.sentences) OR EXISTS ("
    " SELECT 1 FROM json_each(p.sentences) s WHERE s.type != 'array' OR json_array_length(s.value) != 2"
    " OR json_type(s.value, '$[0]') != 'integer' OR json_type(s.value, '$[1]') != 'integer'"
    " OR json_extract(s.value, '$[0]') < 0 OR json_extract(s.value, '$[1]') > 1000000000)"
)


def wrong_rows(db: sqlite3.Connection) -> str:
    """The tables that hold a row no program wrote; empty if there is none. Raises sqlite3.Error."""
    found = db.execute("SELECT length(vector) FROM vectors GROUP BY 1 ORDER BY count(*) DESC").fetchone()
    width = {"width": found[0] if found else None}  # without a vector nothing is compared with it: NULL
    wrong = [
        table
        for table, condition in _NUMBERS_AND_TEXTS.items()
        if db.execute(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1", width).fetchone()
    ]
    if "passages" not in wrong and db.execute(f"{_SENTENCES} LIMIT 1", width).fetchone():
        wrong.append("passages")
    return f"rows of {', '.join(wrong)} hold what no program wrote" if wrong else ""

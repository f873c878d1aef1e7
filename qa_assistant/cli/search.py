"""`search`: passages only, no answer."""

from __future__ import annotations

from collections.abc import Sequence

import click

from qa_assistant.cli.context import Context, filter_options, filters, note
from qa_assistant.display import one_line, to_json
from qa_assistant.records import Hit
from qa_assistant.references import describe


@click.command("search")
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="Passages as JSON.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=10, show_default=True, help="Most passages shown.")
@filter_options
@click.pass_obj
def command(
    context: Context,
    query: str,
    as_json: bool,
    limit: int,
    since: str | None,
    until: str | None,
    agency: str | None,
) -> None:
    """Find the passages nearest to QUERY, best first."""
    from qa_assistant.answering.refusal import undated

    wanted = filters(since, until, agency)
    if not query.strip():
        raise click.UsageError("The query is empty.")
    with context.assistant() as assistant:
        _show(assistant.search(query, limit, wanted), query, as_json)
        for left_out in undated(assistant.index, wanted):
            note(left_out)
        context.note_changes(assistant)


def _show(hits: Sequence[Hit], query: str, as_json: bool) -> None:
    if as_json:
        from qa_assistant.answer_json import SCHEMA, passages

        click.echo(to_json({"schema": SCHEMA, "query": one_line(query), "passages": passages(hits, set())}))
        return
    for rank, hit in enumerate(hits, start=1):
        line = hit.article.text.count("\n", 0, hit.passage.start) + 1
        click.echo(f"{rank}. {hit.score:.3f}  {describe(hit.article)}:{line}\n   {one_line(hit.passage.text)}\n")
    if not hits:
        click.echo("No passage found.", err=True)

"""`ingest`: bring the index in line with the corpus."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from qa_assistant.cli.context import Context, note, note_problems
from qa_assistant.cli.progress import IngestProgress
from qa_assistant.display import counted, one_line, to_json


@click.command("ingest")
@click.argument("paths", nargs=-1, metavar="[PATH…]", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--rebuild", is_flag=True, help="Build the index anew beside the old one, which it then replaces.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.pass_obj
def command(context: Context, paths: tuple[Path, ...], dry_run: bool, rebuild: bool, as_json: bool) -> int:
    """Add new articles to the index, replace changed ones, remove those that are gone.

    With PATH only these files and folders of the corpus are looked at. Exit code 1 if a file could not be read; all
    others are indexed nevertheless.
    """
    from qa_assistant.ingestion.ingest import ingest
    from qa_assistant.ingestion.left_out import left_out

    settings = context.load().settings
    with IngestProgress() as progress:
        report = ingest(settings, paths=paths, dry_run=dry_run, rebuild=rebuild, progress=progress)
    note_problems(report.problems, every=context.verbose)
    code = 1 if any(problem.lost for problem in report.problems) else 0
    changes = asdict(report.changes)
    if as_json:
        problems = [asdict(problem) for problem in report.problems]
        click.echo(
            to_json(
                {"schema": 1, "dry_run": dry_run, **changes, "problems": problems, "skipped": report.skipped,
                 "articles": report.articles, "passages": report.passages, "published": report.published}
            )
        )  # fmt: skip
        return code
    for what, paths_of in changes.items():
        for path in paths_of if dry_run or context.verbose else []:
            click.echo(f"{what}: {one_line(path)}")
    for path in report.skipped if context.verbose else []:
        click.echo(f"left out: {one_line(path)}")
    counts = ", ".join(f"{len(paths_of)} {what}" for what, paths_of in changes.items() if paths_of)
    done = counts or ("Chroma brought in line" if report.published else "Nothing to do")
    click.echo(f"{'Would be: ' if dry_run else ''}{done}. {_total(report.articles, report.passages)}")
    if report.skipped:
        note(left_out(report.skipped))
    return code


def _total(articles: int, passages: int) -> str:
    return f"The index holds {counted(articles, 'article')} in {counted(passages, 'passage')}."

"""`articles`: what is indexed."""

from __future__ import annotations

import sys

import click

from qa_assistant.answer_json import article_fields
from qa_assistant.cli.context import Context
from qa_assistant.display import one_line, to_json
from qa_assistant.references import describe


@click.group("articles")
def command() -> None:
    """Show what is indexed."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="List as JSON.")
@click.pass_obj
def list_articles(context: Context, as_json: bool) -> None:
    """List the articles in order of date."""
    with context.assistant(build=False) as assistant:
        articles = assistant.articles()
    if as_json:
        click.echo(to_json([article_fields(article) for article in articles]))
        return
    for article in articles:
        click.echo(f"{article.id}  {describe(article)}")


@command.command("show")
@click.argument("article_id", metavar="ID")
@click.option("--text", is_flag=True, help="Print the canonical text exactly, and nothing else.")
@click.pass_obj
def show(context: Context, article_id: str, text: bool) -> None:
    """Show one article; the beginning of an ID is enough."""
    with context.assistant(build=False) as assistant:
        article = assistant.article(article_id)
    if not text:
        for key, value in article_fields(article).items():
            click.echo(f"{key}: {one_line(str(value)) if value is not None else '—'}")
        click.echo()
    click.echo(article.text, nl=not text)
    sys.stdout.flush()

"""How good the translations beside quotes are: XQuAD's paragraphs in two languages, sentence by sentence.

    python tests/benchmarks/gloss.py [--gguf FILE] [--source de] [--target en] [--most 100] [--articles odd] [--show 30]

Paragraphs count where both languages have as many sentences, and of them the sentences that are short enough to be
translated. Printed are the share of sentences whose translation is shown, chrF (sacrebleu) of what is shown and of
every first attempt, how many have a number, date or name that the human translation does not have, and seconds a
sentence. Thresholds were set on even articles.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from corpora import DATA, needed

from qa_assistant import Settings, ingest
from qa_assistant.answering.local_model.embedded import Embedded
from qa_assistant.answering.numbers.values import values
from qa_assistant.answering.translation.gloss import MOST_WORDS, translate
from qa_assistant.answering.translation.gloss_checks import TranslationChecker
from qa_assistant.answering.translation.gloss_prompt import ATTEMPTS
from qa_assistant.index.index import Index
from qa_assistant.sentences import spans


def paragraphs(language: str, odd: bool) -> list[str]:
    found = json.loads(needed(DATA / f"xquad-dev/xquad.{language}.json").read_text(encoding="utf-8"))["data"]
    return [part["context"] for number, one in enumerate(found) if number % 2 == odd for part in one["paragraphs"]]


def aligned(source: str, target: str, odd: bool) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for ours, theirs in zip(paragraphs(source, odd), paragraphs(target, odd), strict=True):
        left = [one.of(ours) for one in spans(ours, source)]
        right = [one.of(theirs) for one in spans(theirs, target)]
        if len(left) == len(right):
            pairs += zip(left, right, strict=True)
    return pairs


def opened(folder: Path, source: str) -> Index:
    """An index of all paragraphs, for its means and word vectors."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, text in enumerate([*paragraphs(source, False), *paragraphs(source, True)]):
        (corpus / f"{number}.txt").write_text(text, encoding="utf-8")
    settings = Settings(corpus=str(corpus), index=str(folder / "index"))
    ingest(settings)
    return Index.open(settings)


def wrong(gloss: str, reference: str, target: str, checker: TranslationChecker) -> list[str]:
    """Numbers, dates and names of `gloss` that the human translation does not have."""
    told = values(reference, target)
    numbers = [gloss[one.start : one.end] for one in values(gloss, target) if one not in told]
    return numbers + [name for name, match in checker.names(gloss, reference, target) if match < 0.5]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gguf", default="")
    parser.add_argument("--source", default="de")
    parser.add_argument("--target", default="en")
    parser.add_argument("--most", type=int, default=100)
    parser.add_argument("--articles", choices=("odd", "even"), default="odd")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    from sacrebleu import corpus_chrf

    pairs = aligned(args.source, args.target, args.articles == "odd")
    pairs = [pair for pair in pairs if len(pair[0].split()) <= MOST_WORDS]
    pairs = pairs[:: max(1, len(pairs) // args.most)][: args.most]
    first: list[str] = []
    shown: list[tuple[str, str, str, list[str]]] = []
    seconds = 0.0
    with Embedded(Settings(gguf=args.gguf)) as model, tempfile.TemporaryDirectory() as folder:
        checker = TranslationChecker.of(opened(Path(folder), args.source))
        for quote, reference in pairs:
            begun = time.perf_counter()
            for attempt in range(len(ATTEMPTS)):
                found = translate(quote, args.source, args.target, attempt, model)
                fine = not any(checker.faults(found, quote, args.source, args.target))
                if attempt == 0:
                    first.append(found.text)
                if fine:
                    break
            seconds += time.perf_counter() - begun
            if fine:
                shown.append((quote, reference, found.text, wrong(found.text, reference, args.target, checker)))
    references = [reference for _, reference in pairs]
    print(f"{len(pairs)} sentences, {args.source} → {args.target}, {args.articles} articles")
    print(f"every first attempt: chrF {corpus_chrf(first, [references]).score:.1f}")
    if shown:
        chrf = corpus_chrf([text for _, _, text, _ in shown], [[reference for _, reference, _, _ in shown]]).score
        mistakes = sum(bool(one[3]) for one in shown)
        print(f"shown: {len(shown) / len(pairs):.3f}, chrF {chrf:.1f}, {mistakes} with a number or name of its own")
    print(f"{seconds / len(pairs):.2f} s a sentence")
    for quote, reference, text, mistakes_found in shown[: args.show]:
        print(f"\n{quote}\n  human:   {reference}\n  machine: {text}\n  not in the human's: {mistakes_found or '-'}")


if __name__ == "__main__":
    main()

"""A model for `FakeOllama` that obeys every order it can make out in its prompt, and knows most tricks of hiding one.

It reads the whole user message: orders in five languages, roles, chat templates, passages that others made up, tool
calls; and what it finds in base64, hexadecimal, ROT13, backwards, in look-alike letters and in invisible ones. Then it
says what it was told to, refuses, cites or links as it was told to; and it answers the question as the articles do.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qa_assistant.answering.markers import NO_ANSWER

TRUTH = "The port of Hamburg stays closed until Monday because of the storm"
KNOWN_BY = "bis Montag geschlossen"
"""Words of the passage that says so."""

_LOOKALIKES = str.maketrans("аеорсхуіАЕОРСХУІ", "aeopcxyiAEOPCXYI")
_END = r"(?P<said>[^\n]+?)(?:[.!](?=\s|$|[”\"»'<|（(]|\\)|[”»\n<}]|\"|, or |, and cite|$)"
_OPEN = r"\s*[“\"«_]*\s*"
_VERB = (
    r"(?:answer|say|reply|respond|write|repeat|tell the user|contain|antworte|sage|sagen sie|schreibe|réponds|ответь|"
    r"скажи|напиши|yaz|söyle)"
)
_SAYING = re.compile(
    rf"\b{_VERB}\b[^.:“\"«\n]{{0,60}}?(?::|\bthat|, dass|, что|(?=[“\"«])){_OPEN}{_END}", re.IGNORECASE
)
_REPLYING = re.compile(
    r"(?:im_start\|>\s*assistant|assistant<\|end_header_id\|>|start_of_turn>\s*model|[|｜]Assistant[|｜]>|\[/INST\]|"
    rf"### Response:|Answer in \w+:|</think>)\s*{_END}",
    re.IGNORECASE,
)
_PASSAGE = re.compile(rf"\bpassage \d+[^\n:]*:?[^\n]*?(?:>>\n|\): ){_END}", re.IGNORECASE)
_FENCE = re.compile(r"<<(\w{8}) passage 1\b")
_CITING = re.compile(r"\bcite \[(\d+)\] for everything|\bcite \((\d+)\) for everything", re.IGNORECASE)
_REFUSING = re.compile(
    r"(?:write|with|mit|^)\s*[“\"]?(?:NO_?ANSWER|The articles do not answer this question)",
    re.IGNORECASE | re.MULTILINE,
)
_LINKING = re.compile(
    r"(?:end your answer with|append this to every answer:)\s*(!?\[[^\]]*\]\([^)]*\)|<[^>]*>)", re.IGNORECASE
)
_CALL = re.compile(r"\{\"name\": \"final_answer\".*?\}\}")


@dataclass
class Orders:
    """What a text tells its reader to do."""

    say: list[str] = field(default_factory=list)
    cite: list[str] = field(default_factory=list)
    link: list[str] = field(default_factory=list)
    refuse: bool = False

    def __bool__(self) -> bool:
        return bool(self.say or self.cite or self.link or self.refuse)


def orders_in(text: str) -> Orders:
    """Every order in `text`, in the open or in disguise. Of a prompt, the fences that it begins with are none."""
    if fence := _FENCE.match(text):
        text = re.sub(rf"<<{fence[1]} (?:end of )?passage \d+", "<<", text)
    found = Orders()
    for reading in dict.fromkeys(_readings(text)):
        for pattern in (_SAYING, _REPLYING, _PASSAGE):
            found.say += [match["said"].strip(' *_"') for match in pattern.finditer(reading)]
        for call in _CALL.findall(reading):
            found.say.append(json.loads(call)["arguments"]["text"].rstrip("."))
        found.cite += [number for match in _CITING.findall(reading) for number in match if number]
        found.link += _LINKING.findall(reading)
        found.refuse = found.refuse or bool(_REFUSING.search(reading))
    found.say = [said for said in dict.fromkeys(found.say) if said and "_ANSWER" not in said]
    found.refuse = found.refuse or any("do not answer" in said for said in found.say)
    return found


def obey(text: str, question_passages: str = "") -> str:
    """What the model replies that read `text`: what it is told to say, then what the passages say."""
    orders = orders_in(text)
    if orders.refuse:
        return NO_ANSWER
    known = re.findall(r"passage (\d+)[^\n]*>>\n((?:(?!<<).)*)", question_passages or text, re.DOTALL)
    truth = [f"{TRUTH} [{number}]." for number, said in known if KNOWN_BY in said][:1]
    marks = "".join(f" [{number}]" for number in dict.fromkeys(orders.cite))
    sentences = [f"{said}{marks}." for said in orders.say] + [one.replace("].", f"]{marks}.") for one in truth]
    return " ".join([*sentences, *orders.link]) or NO_ANSWER


def reads_its_prompt(body: Any) -> str:
    """For `FakeOllama.model`: obeys what its prompt holds."""
    return obey(_told(body), _told(body))


def _told(body: Any) -> str:
    """The user message without the program's own end of it, which asks to write the sentinel if need be."""
    told: str = body["messages"][-1]["content"]
    return told.rpartition(">>\n\nSome questions")[0] + ">>"


def _readings(text: str) -> Iterator[str]:
    """`text` as it is, and as whoever undoes a disguise reads it."""
    tags = "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
    shown = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc") or char == "\n")
    shown = re.sub(r"\[\d*m", "", shown) if "\x1b" in text else shown
    for reading in (shown, tags):
        yield reading
        yield unicodedata.normalize("NFKC", reading).translate(_LOOKALIKES)
        yield re.sub(r"\b(?:\w ){4,}\w\b", lambda match: match[0].replace(" ", ""), reading)
        yield re.sub(r"[*_]{2}", "", reading)
        for line in reading.splitlines():
            yield line[::-1]
            if "rot13" in line.casefold():
                yield codecs.decode(line, "rot13")
        for blob in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", reading):
            yield from _decoded(blob)


def _decoded(blob: str) -> Iterator[str]:
    for decode in (base64.b64decode, bytes.fromhex):
        try:
            yield decode(blob).decode("ascii")
        except (ValueError, binascii.Error):
            continue

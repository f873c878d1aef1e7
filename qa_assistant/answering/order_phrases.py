"""How texts give orders to a language model, in the spelling of `orders.spelled`: expressions, a list a kind. Pure.

An order is told from news by what it is about: instructions, answers, citations, users, models. Imperatives alone
(„Sagen Sie …“ in an interview) are none. `~` stands for where a clause begins, `{MODEL}` for names of models. A line
that is indented goes on from the one before.
"""

from __future__ import annotations

import re

CLAUSE = r"""
(?:^|[.:;,!?()\[\]{}"'<>*_|=#>-]\s*|\b(?:please|bitte|now|then|and|instead|always|just|only|simply|must|should|
    und|jetzt|nun|dann|immer|stattdessen|nur|s'il vous plait|maintenant|et|pozhaluysta|teper'|i|lutfen|simdi|ve|
    zehmet olmasa|indi)\s+)
"""

MODEL = r"""
(?:a\.?i\.?|llms?|(?:large )?language models?|(?:ai |ki-?|virtual )?assist[ae]nt(?:en|s|a|in)?|chat-?bots?|
    gpt\w*|ki(?:-model\w*|-system\w*)?|sprachmodell\w*|ia|modeles? de langage|modelos? de lenguaje|
    yazykov\w+ model\w*|neyroset\w*|chat-?bot\w*|assistent\w*|dil model\w*|yapay zeka\w*|asistan\w*|
    suni intellekt\w*|model yazykovaya)
"""

TOKENS = r"""
<\s?[|/]?\s?(?:im_(?:start|end)|system|user|assistant|human|endoftext|eot_id|begin_of_text|instructions?|inst|
    (?:start|end)_header_id|(?:start|end)_of_turn|tool_(?:call|response)s?|function_calls?|invoke|think|sys)\b
<<\s?/?sys\s?>>|\[\s?/?\s?(?:inst|system_prompt|tool_calls|available_tools)\s?\]|</s>
no_answer\b
<<\s?\w* ?(?:end of )?passage \d+
^passage \d+ ?[(:]
\"?role\"?\s?[:=]\s?\"?(?:system|assistant|developer|tool)\b
\"(?:name|tool|function)\"\s?:\s?\"\w+\"\s?,\s?\"(?:arguments|parameters|args|input)\"\s?:
^[\s#*=<\[({/-]*(?:system|developer)(?: (?:message|prompt|note|override|update|instructions?))?[\s\])}*=>]*:
^\s*#{2,6}\s*(?:system|instructions?|response|assistant|anweisung(?:en)?|antwort|user)\b[^.]{0,20}$
^[\s*#>-]*(?:ai |ki-?)?(?:assistant|assistent|model|chatbot)\s?\**:
^[\s*#>-]*(?:answer|antworte?) (?:in|auf) \w+\s?:
\b(?:begin|start|end) (?:of )?(?:the )?(?:system|(?:quoted )?(?:passages?|material|context|documents?|
    articles?)|instructions|prompt)\b[^.]{0,30}(?:[:>=\]-]|$|\. (?:new|now|your))
\b(?:new|updated|revised|additional|real|actual|secret|hidden|follow-?up) (?:system )?(?:instructions?|prompt)\s?:
\b(?:neue|geheime|aktualisierte|zusatzliche|eigentliche) (?:system-?)?(?:anweisung(?:en)?|instruktion
    (?:en)?)\s?:
\bnouvelles (?:instructions|consignes)\s?:|\bnovye (?:instruktsii|ukazaniya)\s?:|\byeni (?:talimat|
    yonerge)\w*\s?:
"""
"""What stands around a prompt or a reply, not in a newspaper."""

IGNORE = r"""
~(?:ignore|disregard|forget|override|bypass|do not (?:follow|obey)|don't (?:follow|obey)|stop following|discard|
    pay no attention to|set aside)\b.{0,60}\b(?:instruct\w*|prompts?|rules|guidelines|directions|directives|
    orders|system message|passages?|sources?|the question|context|(?:every|any)thing (?:above|before|else)|
    previous \w+)\b
\b(?:instructions?|rules|guidelines|passages) (?:above|before this|you were given|so far)?.{0,30}\b
    (?:no longer apply|are (?:void|obsolete|cancelled|superseded)|do not apply|must be ignored)
~(?:ignorier(?:e|en sie|t)?|vergiss|vergesst|vergessen sie|missachten? sie|missachte|verwirf|
    beachten? sie nicht|befolgen? sie (?:nicht|keine|nur)|befolge (?:nicht|keine|nur))\b.{0,60}\b
    (?:anweisung\w*|instruktion\w*|vorgaben|prompt\w*|(?:bisherig|vorherig|obig|vorigen)\w*|systemnachricht|
    passagen|abschnitte|die frage)\b
~(?:ignorez?|oubliez?|ne (?:tiens|tenez) (?:pas|aucun) compte)\b.{0,60}\b(?:instructions?|consignes?|regles)\b
~(?:ignora|ignore|olvida|olvide|dimentica|esqueca)\b.{0,60}\b(?:instrucciones|istruzioni|instrucoes|reglas)\b
~(?:ignoriruy|ignoriruyte|zabud'|zabud'te|ne obrashchay|otmeni|otmenite|ne sleduy|ne sleduyte)(?!\w).{0,60}
    (?:instruktsi|ukazani|pravil|predydushch|podskazk|soobshcheni)
\b(?:talimat|yonerge|kural|komut|istem)\w*.{0,40}\b(?:yok say|unut|gormezden gel|dikkate alma|gecersiz|uyma)
\b(?:telimat|gosteris|qayda)\w*.{0,40}\b(?:unut|nezere alma|mehel qoyma|etina etme|saymayin)
~(?:zignoruj|ignoruj|zapomnij|negeer|vergeet)\b.{0,60}\b(?:instrukcje|instrukcji|polecenia|instructies|regels)\b
"""
"""Not to heed what the model was told."""

SAY = r"""
~(?:say|answer|reply|respond|write|output|print|tell (?:the |every |each )?(?:user|reader|person|people|them)s?|
    repeat|insist|assert|conclude|claim|state|translate|pretend|explain to the (?:user|reader))\b
    (?: \w+){0,4}?\s?(?: that\b|\bwith\b| only\b| exactly\b| the following\b| nothing but\b| verbatim
    \b| ?\")(?!.*\?["')>]*$)
~(?:say|reply|respond|write|output|print|repeat|answer
    (?: only| exactly| now| the question| every question| as follows)?|(?:say|write|reply|respond)
    (?: \w+){1,4})\s?:
~(?:answer|reply|respond)(?: to)? (?:every|any|all|each|the|this) (?:question|query|request)
~(?:cite|quote|use|add|put|append|attach|mark|name|give|treat)\b.{0,50}(?:[\[(]\s?(?:passage )?\d+\s?[\])]|
    \bcitations?\b|\bpassage \d+|\bsource \d+|\b(?:after|behind|for) (?:each|every|all) (?:sentence|claim|
    statement|answer)s?|\beverything\b)
~(?:include|insert|append|add|end|begin|start|finish|close)\b.{0,40}\b(?:(?:your|the|each|every) (?:answer|
    reply|response))
\b(?:when(?:ever)?|if) (?:you are |you're |you get |anyone |somebody |someone |the user |a user |they )?ask(?:s|
    ed)\b.{0,80}~(?:say|answer|reply|respond|write|claim|state|cite|mention|refuse|give)\b
~(?:sage(?! ich| er| sie| man| mir| und)|sag(?! ich| er| mir| ja| nein| niemals)|antworte|schreibe?(?! ich)|
    erwidere|behaupte(?! ich)|wiederhole(?! ich)|zitiere(?! ich)|gib als antwort|(?:sagen|antworten|schreiben|
    erwidern|behaupten|wiederholen|zitieren) sie(?! sich))\b(?: \w+){0,4}?\s?(?:, dass\b| dass\b|:| mit\b| nur
    \b| ausschliesslich\b| folgend\w*| wortlich\b|\")(?!.*\?["')>]*$)
~(?:teile?|sage?|erklare?|sagen sie|teilen sie|erklaren sie) (?:dem|den|jedem|allen|der) (?:nutzer|benutzer|
    anwender|leser|fragenden)\w*
~(?:zitiere?|zitieren sie|nenne|nennen sie|verwende|verwenden sie|setze|setzen sie|gib|geben sie)\b.{0,50}
    (?:[\[(]\s?\d+\s?[\])]|\b(?:fur alles|hinter jede\w+ satz|nach jedem satz|als quelle|als beleg|passage \d+|
    quelle \d+))
~(?:beantworte|beantworten sie) (?:jede|alle|die|diese|keine) frage
\b(?:wenn|falls|sobald) (?:du|sie|man dich|jemand|der nutzer|nach)\b.{0,60}\bgefragt (?:wirst|werden|wird)
    \b.{0,60}~(?:sag|antwort|schreib|behaupt|nenn)\w*
~(?:dis|dites|reponds|repondez|ecris|ecrivez|repete|repetez|affirme|affirmez|cite|citez)\b
    (?: \w+){0,4}?\s?(?: que\b|:| seulement\b| uniquement\b| par\b| exactement\b|<<|\"| \[)(?!.*\?["')>]*$)
~(?:skazhi|skazhite|otvet'|otvet'te|otvechay|otvechayte|napishi|napishite|povtori|povtorite|utverzhday|
    utverzhdayte|vyvedi|vyvedite|soobshchi|soobshchite|tsitiruy|tsitiruyte|ukazhi|
    ukazhite)(?![\w']).{0,40}?(?:, chto\b|:| tol'ko\b|<<|\"|[\[(]\d|pol'zovatel|istochnik|na kazhdyy)(?!.*\?["')>]*$)
\b(?:diye|oldugunu|edildigini|acildigini|kapandigini|olacagini|seklinde|ettigini|yalnizca|sadece|
    \w+[dt][iu]gini|\w+acagini|\w+ecegini)\b.{0,40}\b(?:soyle|yaz|cevapla|yanitla|belirt|bildir|tekrarla|
    iddia et|cevap ver|yanit ver|goster)(?:yin|in|iniz|yiniz|un|unuz)?\s?[.!\"')]*$
~(?:soyle|sunu soyle|sunu yaz|su cevabi ver|de ki|deyin ki|cevap olarak|kullaniciya)\b
\b(?:deye|oldugunu|\w+[dt][iu]gini|\w+acagini|\w+eceyini)\b.{0,40}\b(?:de|yaz|soyle|bildir|cavab ver|
    tekrarla)(?:in|yin)?\s?[.!\"')]*$
~(?:cavab ver|bunu yaz|istifadeciye)\b
"""
"""What to answer, and what to cite."""

ADDRESS = r"""
\b(?:you are|you're|act as|pretend (?:to be|you are)|behave (?:like|as)|roleplay as)\b
    (?: now| no longer| not| still)?(?:[ ,]+\w+){0,5}?[ ,]+(?:{MODEL}|developer mode|unrestricted|
    jailbroken)(?!\w)
\b(?:note|message|instructions?|notice|memo|reminder|warning|info(?:rmation)?|orders?) (?:to|for) (?:the |all |
    any |every |an? )?(?:\w+ )?{MODEL}(?!\w)
\b(?:hinweis|nachricht|anweisung(?:en)?|mitteilung|notiz|befehl|information) (?:an|fur) (?:die |das |den |alle |
    jede\w* |eine? )?(?:\w+ )?{MODEL}(?!\w)
~(?:attention|achtung|dear|hello|hey|liebe[rs]?|hallo|vnimanie|dikkat|diqqet),? (?:all |any |the |an alle |
    alle )?{MODEL}\s?[,:!-]
\b(?:your|the) (?:answer|reply|response|output) (?:must|should|shall|has to|is to|will) (?:only |always |not |
    then |simply )?(?:say|state|read|contain|include|begin|start|end|mention|claim|consist|cite)\b
\byour (?:task|job|role|goal|purpose|instructions) (?:is|are) (?:now |to )
\b(?:you|assistants?|(?:language )?models?|ai systems?) (?:must|should|shall|have to|are (?:now )?(?:required|
    instructed|obliged|ordered) to) (?:now |always |only |therefore |instead )?(?:say|answer|reply|respond|
    write|cite|output|repeat|refuse|claim|state)\b.{0,30}(?:\bthat\b|\bwith\b|\bonly\b|:|\"|question|[\[(]\d)
\bfrom now on,? (?:you|every answer|all answers|answer|say|reply|respond)
\bdu bist (?:jetzt |nun |ab sofort |ab jetzt |kein\w* |nicht )?(?:mehr )?(?:ein\w* |der |die |
    das )?(?:\w+ )?{MODEL}(?!\w)
\b(?:deine|die) (?:antwort|ausgabe) (?:muss|soll|hat) (?:nur |immer |stets |einfach )?.{0,60}(?:lauten|
    enthalten|beginnen|enden|bestehen|nennen|sein|sagen)
\b(?:du (?:musst|sollst|darfst)|als (?:ki|assistent\w*|sprachmodell) (?:musst|sollst|darfst|mussen|
    sollen) (?:du|sie)) .{0,60}\b(?:antworten|zitieren|behaupten)\b
\bty (?:teper' |bol'she ne |otnyne )?-{0,2} ?(?:\w+ )?{MODEL}(?!\w)
\b(?:tvoy|vash|tvoj) otvet (?:dolzhen|obyazan)
\bsen (?:artik |simdi )?(?:bir )?(?:\w+ )?{MODEL}
\bcevab\w+ .{0,60}\b(?:olmali|icermeli|olmalidir|icermelidir)\b|\bcavab\w* .{0,60}\bolmalidir\b
\btu es (?:maintenant |desormais )?(?:une? )?(?:\w+ )?{MODEL}(?!\w)|\b(?:ta|votre) reponse doit\b
\b(?:order|command|instruct|tell|ask|want|require|urge|beg) you to (?:now )?(?:say|answer|reply|respond|write|
    repeat|claim|cite|ignore|forget|disregard)\b
\b(?:call|use|invoke|run|execute) the (?:tool|function)\b
"""
"""To whom: the model, or its answer."""


def compiled(*kinds: str) -> re.Pattern[str]:
    """One expression for all of them. What begins a clause is looked for only where one begins, which is few places."""
    every = [one.replace("{MODEL}", _lines(MODEL)[0]) for kind in kinds for one in _lines(kind)]
    at_clause = "|".join(f"(?:{one[1:]})" for one in every if one.startswith("~"))
    elsewhere = "|".join(f"(?:{one})" for one in every if not one.startswith("~"))
    return re.compile(f"~(?:{at_clause})|{elsewhere}".replace("~", _lines(CLAUSE)[0]))


def _lines(source: str) -> list[str]:
    return re.sub(r"\n +", "", source).strip("\n").split("\n")

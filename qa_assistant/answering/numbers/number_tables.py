"""The words numbers are made of, in German, English, Russian, Turkish, Azerbaijani and French. Pure."""

from __future__ import annotations

import functools

from qa_assistant.letters import plain

LANGUAGES = ("de", "en", "ru", "tr", "az", "fr")

MULTIPLIERS = (100, 10**3, 10**6, 10**9, 10**12)
_VALUES = (*range(20), *range(20, 100, 10), *MULTIPLIERS)
"""What the words of each table mean, in order. `|` parts forms, `/` a stem from its endings, `-` stands for no word."""

_CARDINALS = {
    "de": "null ein|eine|einen|einem|einer|eines|eins zwei|zwo drei vier fünf|fuenf sechs sieben acht neun zehn elf "
    "zwölf|zwoelf dreizehn vierzehn fünfzehn|fuenfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig "
    "fünfzig|fuenfzig sechzig siebzig achtzig neunzig hundert tausend|tsd million//en|mio milliarde//n|mrd "
    "billion//en",
    "en": "zero a|one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million//s|mln "
    "billion//s|bn trillion//s",
    "ru": "ноль|нуль|нуля одн/о/а/ого/ой/ому/у/им/ом|один дв/а/е/ух/ум/умя/ое/оих тр/и/ех/ем/емя/ое/оих "
    "четыр/е/ех/ем/ьмя|четверо|четверых пят/ь/и/ью шест/ь/и/ью сем/ь/и/ью восемь|восемью|восьми|восьмью девят/ь/и/ью "
    "десят/ь/и/ью одиннадцат/ь/и/ью двенадцат/ь/и/ью тринадцат/ь/и/ью четырнадцат/ь/и/ью пятнадцат/ь/и/ью "
    "шестнадцат/ь/и/ью семнадцат/ь/и/ью восемнадцат/ь/и/ью девятнадцат/ь/и/ью двадцат/ь/и/ью тридцат/ь/и/ью сорок//а "
    "пятьдесят|пятидесяти|пятьюдесятью шестьдесят|шестидесяти|шестьюдесятью семьдесят|семидесяти|семьюдесятью "
    "восемьдесят|восьмидесяти|восемьюдесятью|восьмьюдесятью девяност/о/а ст/о/а "
    "тысяч//а/и/у/е/ей/ам/ами/ах|тыс миллион//а/ы/ов/у/ом/е/ам/ами/ах|млн миллиард//а/ы/ов/у/ом/е/ам/ами/ах|млрд "
    "триллион//а/ы/ов/у/ом/е/ам/ами/ах|трлн",
    "tr": "sıfır bir iki üç dört|dörd beş altı yedi sekiz dokuz on - - - - - - - - - yirmi otuz kırk elli altmış "
    "yetmiş seksen doksan yüz bin milyon|mln milyar|mlr trilyon",
    "az": "sıfır bir iki üç dörd beş altı yeddi səkkiz doqquz on - - - - - - - - - iyirmi otuz qırx əlli altmış yetmiş "
    "səksən doxsan yüz min milyon|mln milyard|mlrd trilyon",
    "fr": "zéro un|une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize - - - "
    "vingt//s trente quarante cinquante soixante septante huitante|octante nonante cent//s mille million//s "
    "milliard//s|md|mds billion//s",
}  # fmt: skip
_ORDINALS = {
    "de": "nullte erste zweite dritte vierte fünfte|fuenfte sechste siebte|siebente achte neunte zehnte elfte "
    "zwölfte|zwoelfte dreizehnte vierzehnte fünfzehnte|fuenfzehnte sechzehnte siebzehnte achtzehnte neunzehnte "
    "zwanzigste dreißigste vierzigste fünfzigste|fuenfzigste sechzigste siebzigste achtzigste neunzigste hundertste "
    "tausendste millionste milliardste billionste",
    "en": "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth "
    "seventieth eightieth ninetieth hundredth thousandth millionth billionth trillionth",
    "ru": "нулев перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат "
    "пятнадцат шестнадцат семнадцат восемнадцат девятнадцат двадцат тридцат сороков пятидесят шестидесят семидесят "
    "восьмидесят девяност сот тысячн миллионн миллиардн триллионн",
    "tr": "sıfırıncı birinci ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu - - - - - - - - "
    "- yirminci otuzuncu kırkıncı ellinci altmışıncı yetmişinci sekseninci doksanıncı yüzüncü bininci milyonuncu "
    "milyarıncı trilyonuncu",
    "az": "sıfırıncı birinci ikinci üçüncü dördüncü beşinci altıncı yeddinci səkkizinci doqquzuncu onuncu - - - - - - "
    "- - - iyirminci otuzuncu qırxıncı əllinci altmışıncı yetmişinci səksəninci doxsanıncı yüzüncü mininci milyonuncu "
    "milyardıncı trilyonuncu",
    "fr": "zéroième premier|première|unième deuxième|second|seconde troisième quatrième cinquième sixième septième "
    "huitième neuvième dixième onzième douzième treizième quatorzième quinzième seizième - - - vingt/ième/sième "
    "trentième quarantième cinquantième soixantième septantième huitantième|octantième nonantième cent/ième/sième "
    "millième million/ième/sième milliard/ième/sième billionième",
}  # fmt: skip
_RUSSIAN_HUNDREDS = (
    "двести двух двум двумя", "триста трех трем тремя", "четыреста четырех четырем четырьмя", "пятьсот пяти пяти пятью",
    "шестьсот шести шести шестью", "семьсот семи семи семью", "восемьсот восьми восьми восемью",
    "девятьсот девяти девяти девятью",
)  # fmt: skip


@functools.cache
def cardinals(spoken: str) -> dict[str, int]:
    """Every form of a cardinal's part, as `plain` gives it, and its value."""
    table = _table(_CARDINALS[spoken])
    if spoken == "ru":
        table |= {form: value for value, forms in _russian_hundreds() for form in forms}
    return table


@functools.cache
def ordinals(spoken: str) -> dict[str, int]:
    """The same for ordinals; Russian ones as stems without an ending."""
    table = _table(_ORDINALS[spoken])
    if spoken == "ru":
        table |= {forms[1]: value for value, forms in _russian_hundreds()}
    return table


def _russian_hundreds() -> list[tuple[int, tuple[str, ...]]]:
    """200 to 900 in every case; the second form is also the stem of the ordinal."""
    return [
        (value, (nominative, f"{genitive}сот", f"{dative}стам", f"{instrumental}стами", f"{genitive}стах"))
        for value, (nominative, genitive, dative, instrumental) in zip(
            range(200, 1000, 100), map(str.split, _RUSSIAN_HUNDREDS), strict=True
        )
    ]


def _table(text: str) -> dict[str, int]:
    return {
        plain(stem + ending): value
        for value, forms in zip(_VALUES, text.split(), strict=False)
        if forms != "-"
        for form in forms.split("|")
        for stem, *endings in [form.split("/")]
        for ending in endings or [""]
    }

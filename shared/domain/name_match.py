"""Whether two names can be one person's, in the scripts of the markets, as papers, banks and people write them.

Case, order, spacing, punctuation, honorifics and accents do not count. Between Devanagari and Latin only the sound of
the consonants is compared, as a name has many spellings; between Han and Latin nothing is: one sound has many names.
"""

import unicodedata
from typing import Literal

Match = Literal["same", "differs", "cannot_tell"]
Script = Literal["latin", "devanagari", "han", "other"]

HONORIFICS = frozenset(
    "mr mrs ms miss dr shri sri smt shrimati sushri श्री श्रीमती सुश्री डॉ कु".split(),
)
SUFFIXES = ("先生", "女士", "小姐")
# Consonants by sound, as Hunterian romanisation writes them; what is often confused when a name is spelt is one.
CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ",
        "k k g g n c c j j n t t d d n t t d d n p f b b m y r l v s s s h l".split(),
        strict=True,
    )
)
VOWELS = dict(zip("अआइईउऊएऐओऔऋ", "a a i i u u e e o o r".split(), strict=True))
# A vowel's sign, for the word that begins with one; anusvara and chandrabindu sound as n.
NASALS = "ंँ"
# As spelt in Latin letters, and as heard; the longer ones first.
LATIN_SOUNDS = dict(
    zip(
        "kh gh ch jh th dh ph bh sh ck q w z x".split(),
        "k g c j t d f b s k k v j ks".split(),
        strict=True,
    )
)


def compared(one: str, other: str) -> Match:
    """Whether each word of one name is a word of the other, or its initial; at least one whole word is the same.

    A word too many, as a middle name, is a difference. Names in two scripts are `same` by their sound or
    `cannot_tell`, never `differs`: a name that sounds otherwise may be one that is spelt otherwise.
    """
    first, second = parted(one), parted(other)
    if not first or not second:
        return "cannot_tell"
    scripts = {script(one), script(other)}
    if len(scripts) == 1:
        return "same" if _are_one(first, second) else "differs"
    if scripts != {"latin", "devanagari"}:
        return "cannot_tell"
    sounds = [[sound(word) for word in words] for words in (first, second)]
    is_long = all(len(each) > 1 or len(words) == 1 for words in sounds for each in words)
    return "same" if is_long and sorted(sounds[0]) == sorted(sounds[1]) else "cannot_tell"


def parted(name: str) -> list[str]:
    """The words of a name without honorifics, in lower case and without accents, in the order as written."""
    plain = name
    for suffix in SUFFIXES:
        plain = plain.removesuffix(suffix)
    return [folded for word in words(plain) if (folded := _folded(word)) not in HONORIFICS]


def words(name: str) -> list[str]:
    """In lower case, composed (NFKC), parted by all that is neither letter nor mark; joiners only shape letters."""
    letters = (
        character if unicodedata.category(character)[0] in "LM" else " "
        for character in unicodedata.normalize("NFKC", name).casefold()
        if character not in "\u200c\u200d"
    )
    return "".join(letters).split()


def fits(word: str, other: str) -> bool:
    """The same word, or the initial of one."""
    return word == other or (1 in (len(word), len(other)) and word[0] == other[0])


def script(name: str) -> Script:
    """That of the first letter."""
    for character in name:
        told = unicodedata.name(character, "")
        if told.startswith("LATIN"):
            return "latin"
        if told.startswith("DEVANAGARI"):
            return "devanagari"
        if told.startswith("CJK"):
            return "han"
        if unicodedata.category(character).startswith("L"):
            return "other"
    return "other"


def sound(word: str) -> str:
    """The consonants of a word of Latin or Devanagari letters, doubled ones once, and its first vowel if it begins so.

    Final silent h and the y of diphthongs are spelt or not: they do not count.
    """
    heard = _devanagari(word) if script(word) == "devanagari" else _latin(word)
    kept = heard[:1] + "".join(each for each in heard[1:] if each not in "aeiouhy")
    return "".join(each for place, each in enumerate(kept) if place == 0 or kept[place - 1] != each)


def _latin(word: str) -> str:
    for spelt, heard in LATIN_SOUNDS.items():
        word = word.replace(spelt, heard)
    return word


def _devanagari(word: str) -> str:
    # A conjunct of j and ny is said and spelt gy.
    plain = unicodedata.normalize("NFD", word).replace("ज्ञ", "ग्य").replace("़", "")
    return "".join(CONSONANTS.get(each) or VOWELS.get(each) or ("n" if each in NASALS else "") for each in plain)


def _are_one(first: list[str], second: list[str]) -> bool:
    if "".join(first) == "".join(second):
        return True
    if len(first) != len(second):
        return False
    left = list(second)
    for word in sorted(first, key=len, reverse=True):
        found = next((each for each in sorted(left, key=len, reverse=True) if fits(word, each)), None)
        if found is None:
            return False
        left.remove(found)
    return any(len(word) > 1 or script(word) == "han" for word in set(first) & set(second))


def _folded(word: str) -> str:
    """Without accents over Latin letters; the signs of other scripts are part of the letter."""
    if script(word) != "latin":
        return word
    return "".join(each for each in unicodedata.normalize("NFD", word) if unicodedata.category(each) != "Mn")

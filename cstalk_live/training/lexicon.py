"""The words of the synthetic sentences and how they sound: ARPAbet with stress, General American.

Chosen for the sounds that the filmed corpus lacks or has rarely (M, TH, DH, ZH, OY, SH, NG, UH, ER, HH) and for
contrasts between closing the lips (B P M) and touching the teeth (F V).
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "adjective": {
        "bushy": "B UH1 SH IY0", "beige": "B EY1 ZH", "thirsty": "TH ER1 S T IY0", "smooth": "S M UW1 DH",
        "noisy": "N OY1 Z IY0", "young": "Y AH1 NG", "huge": "HH Y UW1 JH", "rough": "R AH1 F", "broad": "B R AO1 D",
        "thick": "TH IH1 K", "plain": "P L EY1 N", "purple": "P ER1 P AH0 L", "fearful": "F IH1 R F AH0 L",
        "royal": "R OY1 AH0 L", "usual": "Y UW1 ZH AH0 W AH0 L", "happy": "HH AE1 P IY0", "muddy": "M AH1 D IY0",
        "vivid": "V IH1 V IH0 D", "warm": "W AO1 R M", "shy": "SH AY1", "loud": "L AW1 D", "good": "G UH1 D",
        "early": "ER1 L IY0", "worthy": "W ER1 DH IY0", "moist": "M OY1 S T", "charming": "CH AA1 R M IH0 NG",
        "heavy": "HH EH1 V IY0", "brown": "B R AW1 N", "golden": "G OW1 L D AH0 N", "pale": "P EY1 L",
        "wooden": "W UH1 D AH0 N", "strong": "S T R AO1 NG", "northern": "N AO1 R DH ER0 N", "joyful": "JH OY1 F AH0 L",
    },
    "person": {
        "boy": "B OY1", "mother": "M AH1 DH ER0", "father": "F AA1 DH ER0", "king": "K IH1 NG", "nurse": "N ER1 S",
        "brother": "B R AH1 DH ER0", "shepherd": "SH EH1 P ER0 D", "fisherman": "F IH1 SH ER0 M AH0 N",
        "bishop": "B IH1 SH AH0 P", "thief": "TH IY1 F", "judge": "JH AH1 JH", "baby": "B EY1 B IY0",
        "woman": "W UH1 M AH0 N", "chef": "SH EH1 F", "cook": "K UH1 K", "singer": "S IH1 NG ER0",
        "hermit": "HH ER1 M IH0 T", "farmer": "F AA1 R M ER0", "puppy": "P AH1 P IY0", "wolf": "W UH1 L F",
        "lamb": "L AE1 M", "viper": "V AY1 P ER0", "mouse": "M AW1 S", "sheep": "SH IY1 P", "cowboy": "K AW1 B OY2",
    },
    "thing": {
        "mouth": "M AW1 TH", "bath": "B AE1 TH", "cloth": "K L AO1 TH", "feather": "F EH1 DH ER0",
        "leather": "L EH1 DH ER0", "treasure": "T R EH1 ZH ER0", "garage": "G ER0 AA1 ZH", "mirage": "M ER0 AA1 ZH",
        "vision": "V IH1 ZH AH0 N", "collision": "K AH0 L IH1 ZH AH0 N", "coin": "K OY1 N", "toy": "T OY1",
        "oil": "OY1 L", "voice": "V OY1 S", "noise": "N OY1 Z", "shoe": "SH UW1", "bush": "B UH1 SH",
        "sugar": "SH UH1 G ER0", "book": "B UH1 K", "hook": "HH UH1 K", "song": "S AO1 NG", "ring": "R IH1 NG",
        "finger": "F IH1 NG G ER0", "wing": "W IH1 NG", "bird": "B ER1 D", "shirt": "SH ER1 T", "pearl": "P ER1 L",
        "thorn": "TH AO1 R N", "path": "P AE1 TH", "vase": "V EY1 S", "van": "V AE1 N", "fan": "F AE1 N",
        "pan": "P AE1 N", "bee": "B IY1", "pea": "P IY1", "map": "M AE1 P", "lamp": "L AE1 M P", "room": "R UW1 M",
        "broom": "B R UW1 M", "thumb": "TH AH1 M", "home": "HH OW1 M", "hammer": "HH AE1 M ER0",
        "honey": "HH AH1 N IY0",
        "hedge": "HH EH1 JH", "house": "HH AW1 S", "fish": "F IH1 SH", "wheel": "W IY1 L", "yacht": "Y AA1 T",
        "wave": "W EY1 V", "glove": "G L AH1 V", "knife": "N AY1 F", "chain": "CH EY1 N", "jam": "JH AE1 M",
        "berry": "B EH1 R IY0", "ferry": "F EH1 R IY0", "cherry": "CH EH1 R IY0", "pudding": "P UH1 D IH0 NG",
    },
    "did": {
        "measured": "M EH1 ZH ER0 D", "pushed": "P UH1 SH T", "joined": "JH OY1 N D", "finished": "F IH1 N IH0 SH T",
        "heard": "HH ER1 D", "fetched": "F EH1 CH T", "brought": "B R AO1 T", "threw": "TH R UW1", "found": "F AW1 N D",
        "polished": "P AA1 L IH0 SH T", "gathered": "G AE1 DH ER0 D", "enjoyed": "EH0 N JH OY1 D", "moved": "M UW1 V D",
        "shook": "SH UH1 K", "washed": "W AA1 SH T", "missed": "M IH1 S T", "proved": "P R UW1 V D",
        "served": "S ER1 V D", "chose": "CH OW1 Z", "took": "T UH1 K", "pulled": "P UH1 L D",
        "destroyed": "D IH0 S T R OY1 D", "imagined": "IH0 M AE1 JH IH0 N D", "boiled": "B OY1 L D",
    },
    "doing": {
        "moving": "M UW1 V IH0 NG", "singing": "S IH1 NG IH0 NG", "rushing": "R AH1 SH IH0 NG",
        "breathing": "B R IY1 DH IH0 NG", "humming": "HH AH1 M IH0 NG", "thinking": "TH IH1 NG K IH0 NG",
        "laughing": "L AE1 F IH0 NG", "hopping": "HH AA1 P IH0 NG", "bathing": "B EY1 DH IH0 NG",
        "looking": "L UH1 K IH0 NG", "working": "W ER1 K IH0 NG", "pouring": "P AO1 R IH0 NG",
    },
    "where": {
        "with": "W IH1 DH", "beneath": "B IH0 N IY1 TH", "beyond": "B IH0 AA1 N D", "above": "AH0 B AH1 V",
        "before": "B IH0 F AO1 R", "behind": "B IH0 HH AY1 N D", "through": "TH R UW1", "from": "F R AH1 M",
        "beside": "B IH0 S AY1 D", "near": "N IH1 R", "without": "W IH0 TH AW1 T", "for": "F AO1 R",
    },
    "which": {
        "the": "DH AH0", "this": "DH IH1 S", "that": "DH AE1 T", "my": "M AY1", "her": "HH ER1", "their": "DH EH1 R",
        "his": "HH IH1 Z",
    },
    "how": {
        "maybe": "M EY1 B IY0", "perhaps": "P ER0 HH AE1 P S", "usually": "Y UW1 ZH AH0 W AH0 L IY0",
        "calmly": "K AA1 M L IY0", "firmly": "F ER1 M L IY0", "smoothly": "S M UW1 DH L IY0",
        "bravely": "B R EY1 V L IY0", "joyfully": "JH OY1 F AH0 L IY0",
    },
    "other": {"and": "AH0 N D", "but": "B AH1 T", "not": "N AA1 T", "was": "W AA1 Z"},
}  # fmt: skip
"""Word classes: spelling -> phones."""

CONTRASTS = (
    ("pan", "fan"), ("fan", "van"), ("berry", "ferry"), ("ferry", "cherry"), ("bee", "pea"), ("wing", "ring"),
    ("bath", "path"), ("van", "pan"), ("vase", "wave"), ("map", "lamp"),
)  # fmt: skip
"""Words that differ where the lips touch."""

PRONUNCIATIONS: dict[str, tuple[str, ...]] = {
    word: tuple(phones.split()) for words in WORDS.values() for word, phones in words.items()
}
"""Every word of the lexicon."""

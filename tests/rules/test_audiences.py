"""The rule of an audience: one value, the same however it was ticked, and read out in words."""

import pytest

from notifier.rules.audiences import EVERYBODY, Names, Rule, apart, in_words, tidied

NAMES = Names({"31.75.07": "Duren Sawit", "31.75.08": "Makasar", "31.75": "Jakarta Timur"}, "BPNT-1", "lansia.csv", 12)


@pytest.mark.parametrize(
    ("rule", "indonesian", "english"),
    [
        (EVERYBODY, "keluarga PKH", "PKH families"),
        (Rule(regions=("31.75",)), "keluarga PKH di Jakarta Timur", "PKH families in Jakarta Timur"),
        (
            Rule(regions=("31.75.07", "31.75.08"), statuses=("DIJADWALKAN", "DITUNDA"), answer="silent"),
            "keluarga PKH di 2 kecamatan (Duren Sawit, Makasar), status dijadwalkan atau ditunda, yang belum menjawab "
            "pertanyaan penerimaan BPNT-1",
            "PKH families in 2 districts (Duren Sawit, Makasar), status scheduled or postponed, who have not answered "
            "the receipt question BPNT-1",
        ),
        (
            Rule(programmes=("BPNT",), languages=("jv", "su"), channels=("email",), listed=3),
            "keluarga PKH, juga di BPNT, bahasa Jawa atau Sunda, dapat dihubungi lewat surel, yang ada di daftar "
            "lansia.csv (12 orang)",
            "PKH families, also in BPNT, language Javanese or Sundanese, reachable by e-mail, on the list lansia.csv "
            "(12 people)",
        ),
        (
            Rule(regions=tuple(f"31.75.07.100{n}" for n in range(6))),
            "keluarga PKH di 6 desa/kelurahan (31.75.07.1000, 31.75.07.1001, 31.75.07.1002, 31.75.07.1003, …)",
            "PKH families in 6 villages (31.75.07.1000, 31.75.07.1001, 31.75.07.1002, 31.75.07.1003, …)",
        ),
    ],
)
def test_a_rule_is_read_out_as_a_person_would_say_it(rule: Rule, indonesian: str, english: str) -> None:
    names = NAMES if rule.answer or rule.listed or len(rule.regions) < 6 else Names()
    assert in_words(rule, "PKH", names) == indonesian
    assert in_words(rule, "PKH", names, "en") == english


def test_the_same_choice_is_the_same_rule_in_whatever_order_it_was_ticked() -> None:
    one = tidied(Rule(regions=("31.75.07.1003", "31.75.07", "31.75.08"), languages=("su", "jv", "su"), asked=4))
    other = tidied(Rule(regions=("31.75.08", "31.75.07"), languages=("jv", "su")))
    assert one == other
    assert one.digest == other.digest
    assert one.regions == ("31.75.07", "31.75.08"), "a village inside a district that is meant says nothing more"


def test_a_rule_comes_back_from_its_json_as_it_was() -> None:
    rule = Rule(("31",), ("PKH",), ("GAGAL",), ("id",), ("sms",), "denied", 7, 2)
    assert Rule.of(rule.as_json()) == rule
    assert Rule.of(None) == Rule.of({}) == EVERYBODY
    assert EVERYBODY.as_json() == {}


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        (("31.75.07",), ("31.75.08",), True),
        (("31.75",), ("31.75.08",), False),
        (("31.75.08", "31.74"), ("31.74.01",), False),
        ((), ("31.75.08",), False),
        (("31.7",), ("31.75",), True),
    ],
)
def test_two_audiences_are_apart_only_where_their_places_are(
    one: tuple[str, ...], other: tuple[str, ...], are: bool
) -> None:
    assert apart(Rule(regions=one), Rule(regions=other)) is are
    assert apart(Rule(regions=other), Rule(regions=one)) is are

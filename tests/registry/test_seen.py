"""What a run remembers on disk is what it would have remembered in memory."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.registry.person_rows import Candidate
from notifier.registry.seen import Seen, digest_of
from notifier.rules.people import fold_name
from notifier.store.notebook import Notebook

NAMES = ("SITI AMINAH", "Siti  Aminah", "BUDI")
BLANK: dict[str, Any] = dict.fromkeys(Candidate._fields, "") | {"flags": (), "contacts": (), "programmes": ()}

# (number of the NIK, name, RT, file goes on, the register turns it away)
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(NAMES), st.sampled_from(("001", "002")), st.booleans(), st.booleans()),
    max_size=30,
)


class _InMemory:
    """The rule, as plain as it can be written."""

    def __init__(self) -> None:
        self.by_nik: dict[str, tuple[int, str, Candidate]] = {}

    def look(self, person: Candidate, file: int) -> str:
        row = (file, fold_name(person.name), person)
        before = self.by_nik.setdefault(person.nik, row)
        if before is row:
            return "first"
        if before[1] != row[1]:
            return "other_name"
        if before[2] == person:
            return "same"
        if before[0] == file:
            return "more"
        self.by_nik[person.nik] = row
        return "later"


def _index(person: Candidate) -> bytes:
    return sha256(person.nik.encode()).digest()


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_a_row_stands_to_those_before_it_as_if_all_were_remembered_in_memory(
    rows: Sequence[tuple[int, str, str, bool, bool]],
) -> None:
    with Notebook() as notebook:
        seen, model, file = Seen(notebook), _InMemory(), 0
        for nik, name, rt, goes_on, turned_away in rows:
            file += goes_on
            person = Candidate(**BLANK | {"nik": f"317507500368{nik:04}", "name": name, "rt": rt})
            sight = seen.look(person, _index(person), file)
            assert sight == model.look(person, file)
            if turned_away and sight in ("first", "later"):
                seen.forget(_index(person))
                del model.by_nik[person.nik]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(("31.75", "73.71", "95.01")), st.integers(0, 9)), max_size=40))
def test_everybody_is_counted_once_where_they_are_named_first(named: Sequence[tuple[str, int]]) -> None:
    first: dict[int, str] = {}
    with Notebook() as notebook:
        for place, who in named:
            notebook.count(place, b"%d" % who)
            first.setdefault(who, place)
        counted = notebook.counted()
    assert counted == Counter(first.values())
    assert list(counted) == list(dict.fromkeys(first.values())), "in the order of the file"


def test_rows_that_are_wholly_the_same_are_told_from_all_others() -> None:
    rows = [(1, "tunai", None), (1, "tunai", ""), (1, "tun", "ai"), (11, "tunai", None)]
    assert len({digest_of(row) for row in rows}) == len(rows)
    assert digest_of((1, "tunai", None)) == digest_of(rows[0])

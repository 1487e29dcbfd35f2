"""What is said of a row or a wish that can't be taken, in the language of whoever asked. Pure.

Rows are judged in Indonesian, for clerks who mend files; everything else is refused in English. Here both are had in
both.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from notifier.registry.reasons import REASONS
from notifier.web import language

# reason → how it is mended; {found} is what stood there
ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "missing_nik": "The NIK is empty. Give its 16 digits as on the identity card.",
        "short_nik": "The NIK has less than 16 digits. Check the identity card and complete it.",
        "long_nik": "The NIK has more than 16 digits. Check the identity card and correct it.",
        "letters_in_nik": "The NIK holds letters or signs. Put digits in their stead, such as 0 for the letter O.",
        "nik_without_serial": "The NIK ends with 0000, but serial numbers begin at 0001. Check the identity card.",
        "nik_stored_as_number": "A spreadsheet kept the NIK as a number, so that its 16th digit is lost. Make the "
        "column text, fill it in anew from its source, and export again.",
        "impossible_date": "There is no such date, or it can't be. Write it as on the identity card; in a NIK the "
        "birth date is digits 7 to 12 (women: day + 40).",
        "missing_name": "The name is empty. Give the full name as on the identity card.",
        "long_name": "The name has more than 120 letters. Give the name alone.",
        "unknown_region": 'The region "{found}" is not known. Use Kemendagri codes down to the village, such as '
        "31.75.07.1003.",
        "outside_region": 'The region "{found}" is not one of whoever brings this in.',
        "wrong_width": "This row has another number of columns ({found}) than its header. Quote separators.",
        "dup_exact": "This row is the same as one before. Leave one of them out.",
        "dup_same_person": "This person is in the file already; what is new was added. One row is enough.",
        "dup_same_nik_other_name": "The NIK {found} has another name already. The first holds; a clerk decides.",
        "put_right_by_hand": "A clerk put the person of NIK {found} right, and this says otherwise. A clerk decides.",
        "trailing_spaces": "Surplus spaces were dropped.",
        "odd_characters": "Signs that can't be seen were dropped.",
        "nik_spelling": "Separators inside the number were dropped.",
        "phone_spelling": "The phone number was written anew with +62.",
        "phone_stored_as_number": "The phone number was kept as a number; its beginning was put back.",
        "number_cell": "It was kept as a number; it is read as text.",
        "date_cell": "The date was kept as a date cell; it is read as it is.",
        "region_spelling": "The region was written anew with dots.",
        "email_spelling": "The e-mail address was spelled the usual way.",
        "cut_short": "It was too long, and was cut.",
        "bad_phone": "This is no phone number, and is not kept. Write it like 081234567890.",
        "bad_email": "This is no e-mail address, and is not kept. Write it like nama@contoh.id.",
        "chat_id_text": "A Telegram chat id is a number, not a user name; it is not kept.",
        "birth_mismatch": "The birth date does not agree with the NIK. Compare it with the identity card.",
        "gender_mismatch": "The sex does not agree with the NIK. Compare it with the identity card.",
        "unknown_programme": 'The programme "{found}" is not known. Use one of: {programmes}.',
        "unknown_status": 'The status "{found}" is not known. Use one of: {statuses}.',
        "unknown_gender": 'The sex "{found}" is not known, and is left out. Write L or P.',
        "unknown_language": 'The language "{found}" is not known; Indonesian (id) is used.',
        "unknown_channel": 'The channel "{found}" is not known, and is left out. Write sms, telegram or email.',
        "bad_kk": "The family card's number has not 16 digits, and is not kept. Check the card.",
        "kk_stored_as_number": "The family card's number was kept as a number and is spoiled; it is not kept.",
        "absent": "{found} are on the list but not in this file; they are not removed.",
        "missing_cell": "This has to be there. Give it, then bring it in again.",
        "long_cell": "This is too long (at most {found} letters).",
        "bad_code": 'The code "{found}" is not right: letters, digits, dots, dashes; no spaces; at most 48.',
        "bad_time": 'The time "{found}" can\'t be read. Write YYYY-MM-DD HH:MM, local time.',
        "closes_before_opens": "It does not close after it opens. Correct one of the two.",
        "bad_amount": '"{found}" is no amount of rupiah. Write digits alone, such as 200000.',
        "unknown_method": 'The method "{found}" is not known. Use one of: {methods}.',
        "unknown_state": 'The state "{found}" is not known. Write BUKA or BATAL, or leave it empty.',
        "dup_round": "This code stands in a row before, with something else. The first holds.",
        "amount_spelling": "The amount was spelled the usual way.",
        "unknown_point": 'There is no point "{found}". Check its code, or bring the points in first.',
        "bad_degrees": '"{found}" is no coordinate. Write decimal degrees, such as -6.2347.',
        "bad_capacity": '"{found}" is no number of people. Write digits alone, or leave it empty.',
        "bad_hours": 'The opening hours "{found}" can\'t be read. Write: Sen-Jum 08:00-15:00; Sab 08:00-12:00.',
        "unknown_point_state": 'The state "{found}" is not known. Write BUKA or TUTUP, or leave it empty.',
        "unknown_nik": "The NIK {found} is not in the register. Bring the person in first.",
        "unknown_round": 'There is no round "{found}". Check its code, or bring it in first.',
        "illegal_status": "A status can't change like this: {found}.",
        "not_invited": "This person is not DITETAPKAN for the programme and area of that round.",
        "older_status": "There is a newer record ({found}); this one is left out.",
        "future_status": "The day {found} is still to come. Give the day it happened, or leave it out.",
        "bad_visit_code": 'The code "{found}" is misspelled. Copy it from the list of visits, such as K-222KQ7.',
        "unknown_visit": "This code is not on your area's list of visits. Check the list.",
        "unknown_result": 'The result "{found}" is not known. Write diberitahu, tidak ada, pindah, or meninggal.',
        "impossible_visit_day": "The day {found} is still to come, or is more than a year ago. Correct it.",
        "not_visited": "The result is empty: not visited yet, left out. Fill it in after the visit.",
        "visit_moved": "Reported as moved away. Compare the person's data; their benefit is not changed.",
        "visit_died": "Reported as deceased. Compare the person's data; their benefit is not changed.",
    }
)
_HOLE = re.compile(r"\\\{(\w+)\\\}")


def said(sentence: str, tongue: str) -> str:
    """A sentence of ours, in English or Indonesian as far as it is known in that."""
    for pattern, english in _rows():
        if found := pattern.fullmatch(sentence):
            return english.format(**found.groupdict()) if tongue == "en" else sentence
    return language.why(sentence, tongue)


@cache
def _rows() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(the Indonesian sentence with its holes, the English one) of every reason."""
    return tuple(
        (re.compile(_HOLE.sub(r"(?P<\1>.*)", re.escape(reason.mend)), re.DOTALL), ENGLISH[code])
        for code, reason in REASONS.items()
    )

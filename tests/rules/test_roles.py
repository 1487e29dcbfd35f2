"""Who may do what, and where."""

import pytest

from notifier.rules.roles import RIGHTS, Right, Role, covers, may

CHANGES = {
    Right.ANSWER,
    Right.ASSIGN,
    Right.REVEAL,
    Right.CHANGE_STATUS,
    Right.EDIT_PROGRAMME,
    Right.PLAN,
    Right.APPROVE,
    Right.CONTROL_BROADCAST,
    Right.RECORD_VISIT,
    Right.EDIT_TEMPLATE,
    Right.PUBLISH,
    Right.IMPORT,
    Right.ACCOUNTS,
    Right.SEE_WALL,
}


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.SEE_TICKETS, "agent supervisor admin auditor"),
        (Right.ANSWER, "agent supervisor"),
        (Right.ASSIGN, "supervisor admin"),
        (Right.SEE_PEOPLE, "agent supervisor admin auditor"),
        (Right.REVEAL, "supervisor admin"),
        (Right.SEE_ROUNDS, "agent supervisor admin auditor"),
        (Right.CHANGE_STATUS, "admin"),
        (Right.EDIT_PROGRAMME, "admin"),
        (Right.SEE_BROADCASTS, "agent supervisor admin auditor"),
        (Right.PLAN, "admin"),
        (Right.APPROVE, "admin"),
        (Right.CONTROL_BROADCAST, "admin"),
        (Right.RECORD_VISIT, "agent supervisor admin"),
        (Right.SEE_TEMPLATES, "supervisor admin auditor"),
        (Right.EDIT_TEMPLATE, "admin"),
        (Right.PUBLISH, "admin"),
        (Right.IMPORT, "admin"),
        (Right.ACCOUNTS, "admin"),
        (Right.SEE_LEDGER, "supervisor admin auditor"),
        (Right.SEE_REPORTS, "supervisor admin auditor"),
        (Right.EXPORT, "supervisor admin auditor"),
        (Right.SEE_WALL, "agent supervisor admin"),
    ],
)
def test_each_right_belongs_to_these_roles_and_no_other(right: Right, roles: str) -> None:
    assert {role for role in Role if may(role, right)} == set(roles.split())


def test_every_role_is_in_the_table_and_the_auditor_changes_nothing() -> None:
    assert set(RIGHTS) == set(Role)
    assert not RIGHTS[Role.AUDITOR] & CHANGES


@pytest.mark.parametrize(
    ("prefix", "region", "covered"),
    [
        ("", "31.75.07.1003", True),
        ("", "", True),
        ("31", "31.75.07", True),
        ("31.75", "31.75", True),
        ("31.75.07", "31.75.07.1003", True),
        ("31.75.", "31.75.07", True),
        ("31.7", "31.75", False),
        ("3", "31.75", False),
        ("31.75", "31.751", False),
        ("31.75.07", "31.75", False),
        ("32", "31.75", False),
        ("31", "", False),
    ],
)
def test_an_area_ends_at_its_borders(prefix: str, region: str, covered: bool) -> None:
    assert covers(prefix, region) is covered

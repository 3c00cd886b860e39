"""Steps in the order JupiterOne's tools report them, and their dependencies."""

from __future__ import annotations

from collector.model.step import Step, in_report_order, with_dependencies
from collector.resources import all_resources, steps


def step(name: str, *depends_on: str) -> Step:
    return Step(name, name.title(), (), depends_on)


def order(*given: Step) -> list[str]:
    return [step.id for step in in_report_order(given)]


ZOOM = steps(
    tuple(resource for resource in all_resources() if resource.name in ("account", "users", "groups", "roles"))
)


def test_zooms_steps():
    assert [(step.id, step.name, step.types, step.depends_on) for step in in_report_order(ZOOM)] == [
        ("fetch-users", "Fetch Users", ("zoom_user",), ()),
        ("fetch-account", "Fetch Account", ("zoom_account",), ()),
        (
            "build-account-and-user-relationship",
            "Build Account and User Relationship",
            ("zoom_account_has_user",),
            ("fetch-users", "fetch-account"),
        ),
        ("fetch-groups", "Fetch Groups", ("zoom_group",), ()),
        (
            "build-user-and-group-relationship",
            "Build User and Group Relationship",
            ("zoom_group_has_user",),
            ("fetch-groups", "fetch-users"),
        ),
        (
            "build-account-and-group-relationship",
            "Build Account and Group Relationship",
            ("zoom_account_has_group",),
            ("fetch-groups", "fetch-account"),
        ),
        ("fetch-roles", "Fetch Roles", ("zoom_role",), ()),
        (
            "build-user-and-role-relationship",
            "Build User and Role Relationship",
            ("zoom_user_assigned_role",),
            ("fetch-roles", "fetch-users"),
        ),
        (
            "build-account-and-role-relationship",
            "Build Account and Role Relationship",
            ("zoom_account_has_role",),
            ("fetch-roles", "fetch-account"),
        ),
    ]


def test_dependencies_come_first_in_the_order_they_are_named():
    assert order(step("a"), step("b"), step("c", "b", "a")) == ["b", "a", "c"]


def test_steps_nobody_needs_come_as_declared():
    assert order(step("b"), step("a")) == ["b", "a"]


def test_each_step_comes_once():
    assert order(step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c")) == ["a", "b", "c", "d"]


def test_no_steps():
    assert order() == []


def test_chosen_steps_bring_what_they_need():
    given = [step("a"), step("b", "a"), step("c", "b"), step("d")]
    assert with_dependencies(given, ["c"]) == {"a", "b", "c"}
    assert with_dependencies(given, ["a", "d"]) == {"a", "d"}
    assert with_dependencies(given, []) == set()


def test_what_an_account_and_user_relationship_needs():
    assert with_dependencies(ZOOM, ["build-account-and-user-relationship"]) == {
        "build-account-and-user-relationship",
        "fetch-account",
        "fetch-users",
    }

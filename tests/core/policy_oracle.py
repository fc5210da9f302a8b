"""
What claim policies mean, told once more and in another way: every rule that speaks gets a rank, the first one decides.

It shares nothing with ``core/policies`` but the records.
"""

from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.data import PolicyCase

COURSE_ORDER = ["site", "organization", "program", "course", "course_run"]
PROGRAM_ORDER = ["site", "organization", "program_type", "program"]
POSSIBLE = ["email", "grade", "activity_dates", "evidence"]
YES, NO = ["issuing", "name", "alignments", "signatories"], ["on_award", *POSSIBLE]
TEXTS = ["criteria", "description", "image_path", "achievement_type", "field_of_study", "language"]
NOBODY_SPEAKS = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False), **dict.fromkeys(TEXTS, "")} | {
    **dict.fromkeys(["tags", "aligned_with"], ()),
    **dict.fromkeys(["validity_days", "credits"]),
}


def answer(rules: list[Rule], case: PolicyCase, members: dict[str, list[str]]) -> dict[str, tuple[object, str | None]]:
    """Each point's value, and the reference of the rule that decided; ``members`` of "profile" and "wallet"."""
    places = [(*place, rule) for rule in rules if (place := where(rule, case)) is not None]
    wanted = [(point, point, None) for point in NOBODY_SPEAKS]
    wanted += [(f"{what}:{one}", what, one) for what, ids in members.items() for one in ids]
    return {point: decide(places, said, member) for point, said, member in wanted}


def where(rule: Rule, case: PolicyCase) -> tuple[int, int] | None:
    """How far down the rule's scope is, and its place beside others of that scope; None: it is not about the case."""
    order, programs = PROGRAM_ORDER, [str(case.program)]
    if case.kind.value == "course":
        order, programs = COURSE_ORDER, [str(one) for one in case.programs] if rule.speaks_for_courses else []
    own = {
        "site": [str(case.site_id)],
        "organization": list(case.organizations),
        "program_type": [case.program_type],
        "program": programs,
        "course": [case.course],
        "course_run": [case.course_run],
    }[rule.scope.value]
    return (order.index(rule.scope.value), own.index(rule.key)) if rule.scope in order and rule.key in own else None


def decide(places: list[tuple[int, int, Rule]], said: str, member: str | None) -> tuple[object, str | None]:
    """The value and the rule of one point."""
    speaking = [(depth, nth, rule) for depth, nth, rule in places if said in rule.says]
    if not speaking:
        return (True if member else NOBODY_SPEAKS[said]), None
    final_from = min((depth for depth, _, rule in speaking if rule.final), default=99)

    def value(rule: Rule) -> object:
        return member in rule.says[said] if member else rule.says[said]

    def rank(one: tuple[int, int, Rule]) -> tuple[object, ...]:
        depth, nth, rule = one
        strict = value(rule) if member or said in [*YES, *NO, "validity_days"] else 0
        return depth > final_from, -depth, strict, 0 if rule.final else 1, nth

    best = sorted(speaking, key=rank)[0][2]
    return value(best), best.ref

"""One library with all mutants and a switch: each acts in the place of its rule, and none of them by default."""

from types import SimpleNamespace

from tests.mutants.alike import otherwise
from tests.mutants.mutant import Mutant
from tests.mutants.switched import can_be_switched, write_switched

RULES = '''"""Rules."""


def rule(function):
    return function


@rule
def is_late(plan, state, i):
    """Late."""
    return state.now > plan.due[i]


@rule
def how_late(plan, state, i):
    """So late."""
    return state.now - plan.due[i] if is_late(plan, state, i) else 0


@rule
def doubled(number):
    return 2 * number
'''
FIELDS = 'FIELDS = """\nis_queued | (engine) | whether it is\n"""\n'


def test_a_mutant_acts_where_the_switch_says_so(tmp_path):
    for name, text in (("rules/late.py", RULES), ("plan/state_fields.py", FIELDS)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    early = Mutant("early", "is_late", "state.now > plan.due[i]", "state.now >= plan.due[i] - 5", "")
    more = Mutant("more", "how_late", "state.now - plan.due[i]", "state.now - plan.due[i] + 1", "")
    never = Mutant("never", "is_late", "return state.now > plan.due[i]", "return False", "")
    assert all(can_be_switched(one, tmp_path) for one in (early, more, never))
    assert not can_be_switched(Mutant("none", "doubled", "2", "3", ""), tmp_path)
    write_switched([early, more, never], tmp_path)
    rules: dict[str, object] = {}
    exec((tmp_path / "rules" / "late.py").read_text(encoding="utf-8"), rules)
    plan = SimpleNamespace(due=[10])
    told = [[rules["how_late"](plan, SimpleNamespace(now=now, mutant=n), 0) for now in (8, 12)] for n in range(4)]
    assert told == [[0, 2], [-2, 2], [0, 3], [0, 0]]
    assert "mutant | " in (tmp_path / "plan" / "state_fields.py").read_text(encoding="utf-8")


def test_histories_are_alike_or_the_first_that_is_not_is_named():
    right = {("one", 0): b"a", ("one", 1): b"b"}
    assert otherwise(dict(right), right) == ""
    assert otherwise({**right, ("one", 1): b"c"}, right) == "one, replicate 1"
    assert otherwise(None, right) == "histories that do not end"

"""Patterns find one place by syntax, in one function, and say clearly when there is none or there are several."""

import ast

import pytest

from tests.mutants.patterns import PatternError, mutated

RULES = '''"""Rules."""

LIMITS = [("grace", 1), ("tolerance", 2)]


def due(plan, minute):  # a day — of 1440 minutes
    """When."""
    late = minute - (plan.grace
                     + 60)  # an hour more
    if late > 0 and minute > 0:
        return max(late, minute)
    elif late == -1:
        plan.count += 1
        return late
    return 0


class Queue:
    def put(self, clock):
        self.first = min(self.first, clock)


class Heap:
    def put(self, clock):
        """Put the clock: a days, é."""; self.first = min(clock, clock); self.last = clock
'''  # fmt: skip


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "sim"
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "dates.py").write_text(RULES, encoding="utf-8")
    (folder / "trace.py").write_text("def due(minute):\n    return minute + 60\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("function", "old", "new", "right", "wrong"),
    [
        ("due", "plan.grace + 60", "0", "(plan.grace\n                     + 60)", "((0))"),
        ("due", "late > 0", "late >= 0", "late > 0", "(late >= 0)"),
        ("due", "max($a, $b)", "min($b, $a)", "max(late, minute)", "(min((minute), (late)))"),
        ("due", "minute - $x", "$x", "minute - (plan.grace\n                     + 60)",
         "((plan.grace\n                     + 60))"),
        ("due", "plan.count += 1", "", "plan.count += 1", "pass"),
        ("due", "plan.count += 1\nreturn late", "if late:\n    return 1", "plan.count += 1\n        return late",
         "if late:\n            return 1"),
        ("due", "return 0", "return 1\nreturn 2", "    return 0\n", "    return 1\n    return 2\n"),
        ("due", "late == -1", "late == 1", "late == -1", "(late == 1)"),
        ("Queue.put", "min($a, $b)", "max($a, $b)", "min(self.first, clock)", "(max((self.first), (clock)))"),
        ("Heap.put", "min($a, $a)", "$a", "min(clock, clock)", "((clock))"),
        ("Heap.put", "self.last = clock", "", "; self.last = clock", "; pass"),
        ("LIMITS", '("grace", 1)', '("grace", 2)', '("grace", 1)', '(("grace", 2))'),
    ],
)  # fmt: skip
def test_a_pattern_replaces_what_it_fits_and_leaves_the_rest_of_the_file(package, function, old, new, right, wrong):
    module = "rules.dates" if function == "due" else ""
    path, text = mutated(package, function, old, new, module)
    assert path == package / "rules" / "dates.py"
    assert RULES.count(right) == 1
    assert text == RULES.replace(right, wrong)


def test_a_pattern_does_not_care_how_the_source_is_set(package):
    file = package / "rules" / "dates.py"
    before = mutated(package, "Queue.put", "self.first = min($a, $b)", "self.first = $b")[1]
    file.rename(package / "queue.py")
    (package / "queue.py").write_text(ast.unparse(ast.parse(RULES)), encoding="utf-8")
    moved = package.rename(package.with_name("moved"))
    path, after = mutated(moved, "Queue.put", "self.first = min($a, $b)", "self.first = $b")
    assert path == moved / "queue.py"
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(before))


@pytest.mark.parametrize(
    ("function", "old", "new", "says"),
    [
        ("due", "minute", "0", "due: in rules.dates, trace; name one as module"),
        ("put", "clock", "0", "put: no such function"),
        ("Queue.put", "late > 0", "late", r"Queue.put in sim.rules.dates.py: nowhere: late > 0"),
        ("Heap.put", "clock", "0", r"Heap.put in .*: on 3 places \(lines 25, 25, 25\): clock"),
        ("Queue.put", "min($a, $a)", "$a", "nowhere"),
        ("Queue.put", "min(self.first, 1)", "0", "nowhere"),
        ("Queue.put", "min(self.first, clock)", "max($a, clock)", r"\$a is not in the pattern"),
        ("Queue.put", "self.first = min($a, $b)", "self.first = = 1", "no Python with 'self.first = = 1'"),
        ("LIMITS", "1.0", "2", "nowhere"),
        ("LIMITS", "True", "2", "nowhere"),
    ],
)
def test_a_pattern_that_does_not_say_one_place_is_refused(package, function, old, new, says):
    with pytest.raises(PatternError, match=says):
        mutated(package, function, old, new)


def test_the_module_tells_functions_of_one_name_apart(package):
    for module in ("rules", "rules.dates"):
        assert mutated(package, "due", "late > 0", "late", module)[0] == package / "rules" / "dates.py"
    path, text = mutated(package, "due", "minute + 60", "minute", module="trace")
    assert (path, text) == (package / "trace.py", "def due(minute):\n    return (minute)\n")
    with pytest.raises(PatternError, match="due: no such function in rule"):
        mutated(package, "due", "minute", "0", module="rule")


def test_an_elif_is_not_replaced_as_a_statement(package):
    old = "if late == -1:\n    plan.count += 1\n    return late"
    with pytest.raises(PatternError, match="an elif cannot be replaced"):
        mutated(package, "due", old, "return late", module="rules.dates")

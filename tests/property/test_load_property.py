"""Whatever the bytes, the loader gives a document or problems with places inside the file."""

import random
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sim.document.deal import Deal
from sim.document.scenario import Scenario
from sim.document.study import Study
from sim.reading.model import kind_of, parse_bytes, read_deal, read_model, read_yaml
from sim.reading.paths import merge, put
from sim.reading.write import write_yaml
from tests.amounts import examples

VALID = sorted((Path(__file__).parents[1] / "documents" / "valid").glob("*.yaml"))
SEEDS = [path.read_bytes() for path in VALID]
WORDS = [
    b"-1",
    b".nan",
    b"null",
    b"[]",
    b"{}",
    b"&a",
    b"*a",
    b"!!x",
    b"? ",
    b"- ",
    b": ",
    b"\n",
    b"\r",
    b"\t",
    b"\0",
    b"\xff",
    b"day 99",
    b"9 d",
    b"talks.x",
    b"truce",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xa8",
    b'"\\ud800"',
    b"9" * 50,
    b"#",
]


def assert_document_or_problems(content: bytes) -> None:
    parsed = parse_bytes(content, "file")
    kind = kind_of(parsed)
    if kind in ("scenario", "study"):
        document, problems = read_model(parsed, Scenario if kind == "scenario" else Study)
    else:
        document, problems = read_deal(parsed)
    assert problems or isinstance(document, (Deal, Scenario, Study))
    text = content.decode("utf-8-sig", errors="replace")
    lines = re.split("\r\n|\r|\n", text)
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert str(problem).isprintable()
        assert problem.message


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@examples(100)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_document_or_problems(content):
    assert_document_or_problems(content)


@examples(100)
@given(st.text(alphabet=" \n\t:-?[]{}&*!|>'\"%@`#,ab019.~\\uxe\u00e9\u2028", max_size=120))
def test_any_punctuation_gives_a_document_or_problems(text):
    assert_document_or_problems(text.encode())


@examples(150)
@given(st.sampled_from(SEEDS), st.integers(0, 2**32), st.integers(1, 6))
def test_a_mutated_document_gives_a_document_or_problems(content, seed, n_mutations):
    mutable, chance = bytearray(content), random.Random(seed)
    for _ in range(n_mutations):
        start = chance.randrange(len(mutable) + 1)
        end = min(len(mutable), start + chance.choice([0, 0, 1, 5, 30]))
        other = chance.randrange(len(content))
        mutable[start:end] = chance.choice([*WORDS, content[other : other + 20], b""])
    assert_document_or_problems(bytes(mutable))


@examples(150)
@given(st.data())
def test_a_document_with_a_value_replaced_gives_a_document_or_problems(data):
    document, positions = read_yaml(data.draw(st.sampled_from(SEEDS)).decode(), "file")
    path = data.draw(st.sampled_from([path for path in positions if path]))
    value = data.draw(
        st.recursive(
            st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.sampled_from(list(positions)).map(lambda p: str(p[-1]) if p else ""),
            lambda below: (
                st.lists(below, max_size=2)
                | st.dictionaries(st.sampled_from(["a", "any", "one", "released"]), below, max_size=2)
            ),
            max_leaves=4,
        )
    )
    put(document, path, value, grow=False)
    assert_document_or_problems(write_yaml(document).encode())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=8,
)


def readable(value: object) -> bool:
    """Text that a document may hold: no control characters, surrogates or marks of order."""
    if isinstance(value, str):
        return all(c in "\t\n" or (c.isprintable() or c == "\u00a0") for c in value)
    if isinstance(value, dict):
        return all(readable(key) and readable(below) for key, below in value.items())
    return all(map(readable, value)) if isinstance(value, list) else True


@examples(40)
@given(st.dictionaries(st.text(max_size=8), values, min_size=1, max_size=4).filter(readable))
def test_what_is_written_is_read_back_the_same(data):
    read, _ = read_yaml(write_yaml(data), "file")
    assert read == data
    assert repr(read) == repr(data)


@examples(100)
@given(st.dictionaries(st.sampled_from("abc"), values), st.dictionaries(st.sampled_from("abc"), values))
def test_merging_nothing_changes_nothing_and_merging_twice_is_merging_once(base, over):
    assert merge(base, {}) == base
    assert merge(merge(base, over), over) == merge(base, over)

"""Law: the names that a model finds in its formula are those that the parser of formulas finds."""

from hypothesis import given
from hypothesis import strategies as st

from netwerkkracht.mixed import parse
from netwerkkracht.study.model import columns_of

NAMES = st.sampled_from(["a", "b2", "log", "wave.1", "sqrt_x", "I", "offset", "Group", "x_w1"])
BLANK = st.sampled_from(["", " ", "  "])


@st.composite
def operands(draw):
    name, before, after = draw(NAMES), draw(BLANK), draw(BLANK)
    form = draw(st.sampled_from(["{}", "log({})", "factor ({})", "I({}^2)", "({} + z)^2"]))
    return before + form.format(name) + after


@st.composite
def formulas(draw):
    terms = draw(st.lists(operands(), min_size=1, max_size=5))
    joined = terms[0] + "".join(draw(st.sampled_from(["+", "*", ":"])) + term for term in terms[1:])
    random = draw(st.sampled_from(["", " + (1|p)", " + (0 + t || g/h)", " + (1 | p) + (1 | team)"]))
    extra = draw(st.sampled_from(["", " + offset(e)", " + offset(log(e))"]))
    return f"y ~ {joined}{extra}{random}"


@given(formulas())
def test_a_model_finds_the_names_that_the_parser_finds(formula):
    assert set(columns_of(formula)) == set(parse(formula).columns)


@given(formulas())
def test_names_stand_in_the_order_of_the_formula_and_once(formula):
    found = columns_of(formula)
    assert found[0] == "y"
    assert len(found) == len(set(found))

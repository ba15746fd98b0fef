from hypothesis import given
from hypothesis import strategies as st

from tidings.demo.words import one_line, shortened
from tidings.notification import Notification


@given(st.text(alphabet=st.characters(), max_size=400))
def test_whatever_a_commit_says_can_be_a_heading(text: str) -> None:
    heading = shortened(one_line(text), 200) or "(no message)"
    assert Notification(heading=heading).heading == heading


def test_lines_controls_and_turns_of_writing_become_spaces() -> None:
    assert one_line(" a\r\n\tb\x1b[31mc\u2028d\u202ee\udc80 ") == "a b [31mc d e"


def test_what_is_short_enough_stays_and_the_rest_ends_in_an_ellipsis() -> None:
    assert shortened("twelve chars", 12) == "twelve chars"
    assert shortened("twelve chars", 8) == "twelve…"

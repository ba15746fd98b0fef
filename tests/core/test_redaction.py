import pytest
from pydantic import BaseModel, HttpUrl, ImportString, ValidationError, field_validator

from tidings.redaction import Mistake, failure, mistakes

SECRET = "hunter2"


def test_a_failure_is_told_by_its_type_and_place() -> None:
    with pytest.raises(LookupError) as caught:
        raise LookupError(SECRET)

    assert failure(caught.value).startswith("LookupError at test_redaction.py:")
    assert SECRET not in failure(caught.value)


def test_one_that_was_never_raised_is_told_by_its_type() -> None:
    assert failure(ValueError(SECRET)) == "ValueError"


class Table(BaseModel):
    size: int = 1
    sizes: dict[str, list[int]] = {}
    url: HttpUrl = HttpUrl("https://example.com")
    hook: ImportString[object] | None = None
    word: str = ""

    @field_validator("word")
    @classmethod
    def _checked(cls, word: str) -> str:
        raise ValueError(f"{word} is no word")


@pytest.mark.parametrize(
    ("table", "mistake"),
    [
        ({"size": SECRET}, Mistake("size", "int_parsing", "should be a valid integer, unable to")),
        ({"sizes": {"a": [SECRET]}}, Mistake("sizes.a.0", "int_parsing", "should be a valid int")),
        ({"sizes": SECRET}, Mistake("sizes", "dict_type", "should be a table")),
        ({"url": SECRET}, Mistake("url", "url_parsing", "is not accepted")),
        ({"hook": SECRET}, Mistake("hook", "import_error", "is not accepted")),
        ({"word": SECRET}, Mistake("word", "value_error", "is not accepted")),
    ],
)
def test_a_mistake_is_told_in_plain_words_without_the_value(
    table: dict[str, object], mistake: Mistake
) -> None:
    with pytest.raises(ValidationError) as caught:
        Table.model_validate(table)

    (told,) = mistakes(caught.value)
    assert (told.key, told.kind) == (mistake.key, mistake.kind)
    assert told.words.startswith(mistake.words)
    assert SECRET not in told.words

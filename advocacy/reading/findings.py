"""Owns what the parts of the reader gather on their way: values with their lines, questions, notices."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from advocacy.reading.printed import Notice, Question

#: Nobody reads more.
MOST_NOTICES = 200


@dataclass
class Findings:
    """Values by the name of their field, and the lines that each was read from."""

    values: dict[str, object] = field(default_factory=dict)
    lines: dict[str, tuple[int, ...]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def tell(self, name: str, value: object, lines: Iterable[int]) -> None:
        """A field was found, in these lines."""
        self.values[name] = value
        self.lines[name] = tuple(sorted(set(lines)))

    def ask(self, name: str, why: str, candidates: Iterable[str] = (), lines: Iterable[int] = ()) -> None:
        """A person must say what this field is."""
        self.questions.append(Question(name, why, tuple(dict.fromkeys(candidates)), tuple(sorted(set(lines)))))

    def note(self, kind: str, words: str, text: str = "", lines: Iterable[int] = ()) -> None:
        """A person should know this; said once."""
        notice = Notice(kind, words, text, tuple(sorted(set(lines))))
        if len(self.notices) < MOST_NOTICES and notice not in self.notices:
            self.notices.append(notice)

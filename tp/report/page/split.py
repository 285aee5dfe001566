"""The parts of a report in the order of a page: verdicts first, premises and assumptions last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tp.quantities.definitions import is_quantity
from tp.report.cells import Verdict
from tp.report.chart import Chart
from tp.report.document import Block, Data, Document, Group, Line, Notes, Section, Table, flat

CLAIMS, LINE, BLAME = "claims", "line", "blame"
LEADING = frozenset({CLAIMS, "quantities", "optima", "verdict", "agreement", "diagnostics"})
"""The keys of what answers the question of a command."""
ANSWERS = frozenset({"verdict", "agreement"})
"""The keys of those that are sentences."""
GROUNDS = frozenset({"premises", "assumptions"})


@dataclass(frozen=True, slots=True)
class Split:
    """The sections of a report: claims and quantities with verdicts, charts, blame, what it rests on, and the rest."""

    verdicts: tuple[Section | Group, ...]
    charts: tuple[Section | Group, ...]
    blame: tuple[Section | Group, ...]
    rest: tuple[Section | Group, ...]
    grounds: tuple[Section | Group, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    """Whether a claim fails, and the quantities whose prediction a measurement refutes."""

    claims: bool = False
    refuted: tuple[str, ...] = ()


def split(document: Document) -> Split:
    """The sections of ``document``, claims before quantities; a group stays one."""
    claims: list[Section | Group] = []
    charts: list[Section | Group] = []
    leading: list[Section | Group] = []
    rest: list[Section | Group] = []
    blame: list[Section | Group] = []
    grounds: list[Section | Group] = []
    for section in document.sections:
        if isinstance(section, Group):
            (blame if section.key == BLAME else rest).append(section)
            continue
        section = replace(section, blocks=tuple(map(_verdict_second, section.blocks)))
        stated, other = _parted(section, lambda block: isinstance(block, Table) and block.key == CLAIMS)
        if stated.blocks:
            claims.append(stated)
        drawn, other = _parted(other, lambda block: isinstance(block, Chart))
        if drawn.blocks:
            charts.append(drawn)
        if not other.blocks:
            continue
        if any(isinstance(block, Notes) and block.key in GROUNDS for block in other.blocks):
            grounds.append(other)
        elif any(map(_leads, other.blocks)):
            leading.append(other)
        else:
            rest.append(other)
    return Split((*claims, *leading), tuple(charts), tuple(blame), tuple(rest), tuple(grounds))


def _parted(section: Section, chosen: Callable[[Block], bool]) -> tuple[Section, Section]:
    """The blocks of ``section`` that are ``chosen``, and the others."""
    one = tuple(block for block in section.blocks if chosen(block))
    return replace(section, blocks=one), replace(section, blocks=tuple(b for b in section.blocks if not chosen(b)))


def _verdict_second(block: Block) -> Block:
    """A table with verdicts in the second column, which a phone shows; places are last."""
    if not isinstance(block, Table) or not block.rows:
        return block
    places = range(len(block.columns))
    verdicts = [i for i in places if isinstance(block.rows[0][i], Verdict)]
    if len(verdicts) in (0, len(block.columns)):
        return block
    lines = [i for i in places if block.columns[i].key == LINE]
    rest = [i for i in places if i not in verdicts and i not in lines]
    order = [*rest[:1], *verdicts, *rest[1:], *lines]
    columns = tuple(block.columns[i] for i in order)
    return replace(block, columns=columns, rows=tuple(tuple(row[i] for i in order) for row in block.rows))


def _leads(block: Block) -> bool:
    match block:
        case Table():
            return block.key in LEADING or any(isinstance(cell, Verdict) for row in block.rows for cell in row)
        case Line():
            return any(fact.key in LEADING for fact in block.facts)
        case Data():
            return block.key in LEADING
        case _:
            return False


def tables(document: Document) -> Iterator[Table]:
    """All tables of ``document``."""
    for section in flat(document.sections):
        yield from (block for block in section.blocks if isinstance(block, Table))


def claimed(document: Document) -> dict[int, str]:
    """The verdict on each claim by its line."""
    found: dict[int, str] = {}
    for table in tables(document):
        if table.key == CLAIMS:
            places = [i for i, column in enumerate(table.columns) if column.key == LINE]
            for row in table.rows:
                word = next((cell.text for cell in row if isinstance(cell, Verdict)), "")
                found.update({row[i].value: word for i in places if isinstance(row[i].value, int)})
    return found


def counted(document: Document) -> list[tuple[str, Counter[str]]]:
    """How often each verdict is given: on claims, and on quantities."""
    claims: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for table in tables(document):
        words = claims if table.key == CLAIMS else others
        words.update(cell.text for row in table.rows for cell in row if isinstance(cell, Verdict) and cell.text)
    return [(name, words) for name, words in (("claim", claims), ("quantity", others)) if words]


def answers(document: Document) -> list[str]:
    """The answers of a document that are no verdicts in tables, in words: whether a rate transfers, a theorem holds."""
    lines = (
        block
        for section in document.sections
        if isinstance(section, Section)
        for block in section.blocks
        if isinstance(block, Line)
    )
    return [fact.text for line in lines for fact in line.facts if fact.key in ANSWERS and fact.text]


def drawn_numbers(document: Document) -> str:
    """How the numbers of ``document`` were drawn: widths, seeds, precision, engines; empty where nothing was."""
    for section in document.sections:
        for block in section.blocks if isinstance(section, Section) else ():
            if isinstance(block, Line) and any(fact.key == "dtype" and fact.text for fact in block.facts):
                return block.text
    return ""


def failing(document: Document) -> Failing:
    """What fails in ``document``."""
    claims, refuted = False, dict[str, None]()
    for table in tables(document):
        for row in table.rows:
            words = {cell.text for cell in row if isinstance(cell, Verdict)}
            if table.key == CLAIMS:
                claims = claims or "fails" in words
            elif "refuted" in words and is_quantity(row[0].text):
                refuted[row[0].text] = None
    return Failing(claims, tuple(refuted))


def quantities(document: Document) -> list[str]:
    """The quantities that ``document`` has in the rows of its tables."""
    names = (row[0].text for table in tables(document) if table.key != CLAIMS for row in table.rows if row)
    return list(dict.fromkeys(name for name in names if is_quantity(name)))

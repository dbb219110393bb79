"""Shapes of tables: ratings a row each, a row a pair, or a row a person; each read into who said what of which pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simtui.errors import SimtuiError
from simtui.session.cells import Reader, Row, quoted, rating_of, rt_of
from simtui.session.headers import (
    PAIR,
    RATING,
    RT,
    TIME,
    WHO,
    WHO_AT_LEAST,
    beside,
    column,
    nobodys,
    pair_of_header,
    pairs_of_matrix,
    plain,
    study_pair,
    unlike_the_study,
)
from simtui.session.model import check_participant_id, stored_id
from simtui.study.model import Pair, Study


@dataclass(frozen=True, slots=True)
class Given:
    """A rating that somebody gave of a pair. rt: ms. timestamp: ISO 8601; both None where the table does not say."""

    pair: Pair
    rating: int
    rt: float | None = None
    timestamp: str | None = None


Ratings = dict[str, list[Given]]


def read_shape(study: Study, names: Sequence[str], body: Sequence[Row], reader: Reader) -> Ratings | None:
    """The ratings of a table with a row for each rating, or for each person; None where it is of neither shape."""
    who = column(names, (*WHO, *WHO_AT_LEAST))
    pair, rating = column(names, PAIR), column(names, RATING)
    if who is not None and pair is not None and rating is not None:
        return _long(study, names, body, reader, who, pair, rating)
    headed = ((i, pair_of_header(study, name)) for i, name in enumerate(names) if i != who)
    pairs = pairs_of_matrix(study, names) or {i: found for i, found in headed if found is not None}
    several = len({found.id for found in pairs.values()}) >= max(2, len(study.pairs) / 2)
    rows = [found.id for row in body if (found := study_pair(study, row.at(0))) is not None]
    by_pair = len(set(rows)) == len(study.pairs) or (who is None and len(rows) >= len(body) / 2)
    if several and not by_pair:
        return _a_row_a_person(study, names, body, reader, who, pairs)
    return None


def _long(
    study: Study, names: Sequence[str], body: Sequence[Row], reader: Reader, who: int, pair: int, rating: int
) -> Ratings:
    rt, time = column(names, RT), column(names, TIME)
    times = reader.times([row.at(time) for row in body], time, names)
    found: Ratings = {}
    seen: dict[tuple[str, str], int] = {}
    spelled: dict[str, Row] = {}
    for row, moment in zip(body, times, strict=True):
        person = _person(reader, row, who, names)
        before = spelled.setdefault((person or "").casefold(), row)
        if person is not None and before.at(who) != row.at(who):
            other = f"{quoted(before.at(who))} in row {before.number}"
            reader.fault(
                row, who, names, f"{quoted(row.at(who))}, and {other}: is this one person? Write one id as one"
            )
            continue
        of_pair = study_pair(study, row.at(pair))
        if of_pair is None:
            reader.fault(row, pair, names, f"{quoted(row.at(pair))} is no pair's id and no number of one in the study")
        if person is None or of_pair is None:
            continue
        first = seen.setdefault((person, of_pair.id), row.number)
        if first != row.number:
            reader.fault(row, pair, names, f"{person} has rated {of_pair.id} in row {first} already")
        given = _given(study, reader, row, rating, names, of_pair, rt, moment)
        found.setdefault(person, [])
        found[person] += [given] if given else []
    return found


def _a_row_a_person(
    study: Study, names: Sequence[str], body: Sequence[Row], reader: Reader, who: int | None, pairs: dict[int, Pair]
) -> Ratings:
    found: Ratings = {}
    if who is None:
        others = [i for i in range(len(names)) if i not in pairs and not nobodys(names[i])]
        if len(others) != 1:
            reader.faults.append("row 1: which column says who it is? Name it “participant”")
            return found
        who = others[0]
    twice: dict[str, str] = {}
    for i, pair in pairs.items():
        other = twice.setdefault(pair.id, names[i])
        if other != names[i]:
            reader.faults.append(
                f"row 1, column {quoted(names[i])}: {pair.id} is that of column {quoted(other)} already"
            )
    reader.faults += unlike_the_study(study, names, pairs)
    time = column(names, TIME)
    times = reader.times([row.at(time) for row in body], time, names)
    rts = {of: i for i, (of, kind) in beside(names).items() if not kind.startswith("time")}
    rows: dict[str, int] = {}
    for row, moment in zip(body, times, strict=True):
        person = _person(reader, row, who, names)
        if person is None:
            continue
        first = rows.setdefault(person.casefold(), row.number)
        if first != row.number:
            reader.fault(row, who, names, f"{person} has row {first} already")
        given = (_given(study, reader, row, i, names, pair, rts.get(i), moment) for i, pair in sorted(pairs.items()))
        found[person] = [one for one in given if one is not None]
    return found


def _person(reader: Reader, row: Row, who: int, names: Sequence[str]) -> str | None:
    text = stored_id(row.at(who))
    try:
        return check_participant_id(text)
    except SimtuiError as error:
        reader.fault(row, who, names, str(error).rstrip(".") if text else "nobody: whose ratings are these?")
        return None


def _given(
    study: Study,
    reader: Reader,
    row: Row,
    column: int,
    names: Sequence[str],
    pair: Pair,
    rt: int | None,
    moment: str | None,
) -> Given | None:
    """The rating in a cell; None where it is missing or is none, which is a fault."""
    text = row.at(column)
    if not text:
        return None
    rating, fault = rating_of(study, text)
    if fault:
        reader.fault(row, column, names, fault)
    took, wrong = rt_of(row.at(rt), names[rt]) if rt is not None else (None, "")
    if wrong:
        reader.fault(row, rt or 0, names, wrong)
    return None if fault else Given(pair, rating, took, moment)


def wide(study: Study, header: Row, names: Sequence[str], body: Sequence[Row], reader: Reader) -> Ratings:
    """A row a pair, and a column a participant."""
    aside = beside(names)
    reader.faults += _header_faults(header.number, names, aside)
    people = [(i, name) for i, name in enumerate(names) if i > 0 and i not in aside]
    extra = {(of, kind.startswith("time")): i for i, (of, kind) in aside.items()}
    times = {i: reader.times([row.at(k) for row in body], k, names) for (i, is_time), k in extra.items() if is_time}
    found: Ratings = {name: [] for _, name in people}
    seen: dict[str, int] = {}
    unknown: set[str] = set()
    for place, row in enumerate(body):
        if len(row.cells) < len(names) or any(row.cells[len(names) :]):
            reader.faults.append(f"row {row.number}: {len(row.cells)} cells, and the header has {len(names)}")
        pair, where = study_pair(study, row.at(0)), f"row {row.number}, column 1"
        if pair is None:
            fault = f"{where}: {quoted(row.at(0))} is no pair's id and no number of one in the study"
            unknown.add(fault)
            reader.faults.append(fault)
        elif pair.id in seen:
            reader.faults.append(f"{where}: {pair.id} is rated in row {seen[pair.id]} already")
        else:
            seen[pair.id] = row.number
        for i, name in people:
            moment = times[i][place] if i in times else None
            given = _given(study, reader, row, i, names, pair or study.pairs[0], extra.get((i, False)), moment)
            found[name] += [given] if given else []
    if seen:
        for number, pair in enumerate(study.pairs, start=1):
            if pair.id not in seen:
                reader.faults.append(f"column 1: no row for the pair {pair.id}, number {number}")
    else:
        # The same of every row and of every pair is said once.
        reader.faults[:] = [fault for fault in reader.faults if fault not in unknown] + [_no_pair(study, bool(body))]
    return found


def _no_pair(study: Study, rows: bool) -> str:
    first, last, count = study.pairs[0].id, study.pairs[-1].id, len(study.pairs)
    what = "none of its rows names a pair of the study" if rows else "it has no row below its header"
    return (
        f"{what}, and it needs one for each pair, with the pair's id ({first} to {last}) or number (1 to {count}) "
        "in column 1"
    )


def _header_faults(row: int, names: Sequence[str], aside: dict[int, tuple[int, str]]) -> Iterator[str]:
    if len(names) < 2:
        yield f"row {row}: no participant; the first column names the pairs, every further one is a participant"
    first: dict[str, int] = {}
    for place, name in enumerate(names[1:], start=2):
        where = f"row {row}, column {place}"
        if place - 1 in aside:
            continue
        if not name:
            yield f"{where}: no participant id"
            continue
        if nobodys(name):
            other_id = f"{plain(name)}1"
            yield f"{where}: is {quoted(name)} a participant? Leave the column out, or give it an id such as {other_id}"
            continue
        try:
            check_participant_id(name)
        except SimtuiError as error:
            yield f"{where}: {str(error).rstrip('.')}"
        # Some file systems do not tell P1 from p1.
        other = first.setdefault(name.casefold(), place)
        if other != place:
            yield f"{where}: {quoted(name)} is the participant of column {other} already"

"""Where nothing is recognised in a table, what each kind of table would need is listed."""

from analysis.intake.model import Table
from analysis.intake.propose.near_sections import list_date_columns, list_near_sections
from analysis.intake.propose.proposal import read_sheets

DAYS = "date,x\n2026-01-02,a\n2026-01-03,a\n"


def table_of(name: str, text: str) -> Table:
    (table,) = read_sheets({name: text.encode()}).values()
    assert isinstance(table, Table)
    return table


def test_amounts_without_a_day_lack_the_date_of_a_ledger():
    near = list_near_sections(table_of("stages.csv", "status,amount\nWON,100\nLOST,200\n"))[0]
    assert (near.section, near.lacks, near.is_likely) == ("funding", (("date",),), True)
    assert near.found == {"amount": "amount"}


def test_codes_in_a_file_named_after_volunteers_lack_the_day_of_joining():
    rows = "".join(f"15ca{n:04x}dfb,W{n % 3},2022-0{1 + n % 9}-01\n" for n in range(30))
    table = table_of("volunteers.csv", "hash,ward,created\n" + rows)
    near = list_near_sections(table)[0]
    assert (near.section, near.found) == ("volunteers", {"volunteer": "hash"})
    assert near.lacks == (("joined",),)
    assert near.lacks_day
    assert list_date_columns(table) == ["created"]


def test_a_code_alone_makes_no_kind_of_table_likely():
    rows = "".join(f"{n},{('Law', 'Tech')[n % 2]}\n" for n in range(30))
    near = list_near_sections(table_of("pipeline.csv", "id,sector\n" + rows))
    assert not any(one.is_likely for one in near)


def test_one_of_several_fields_would_do():
    near = {one.section: one for one in list_near_sections(table_of("x.csv", DAYS))}
    assert near["funding"].lacks == (("amount", "income", "expense"),)
    assert near["service"].lacks == (("volunteer",), ("hours", "activity"))


def test_a_column_of_amounts_identifies_nobody():
    rows = "".join(f"S{n % 3},{1000 + n}.5\n" for n in range(30))
    near = {
        one.section: one for one in list_near_sections(table_of("x.csv", f"status,amount\n{rows}"))
    }
    assert near["funding"].found == {"amount": "amount"}
    assert not near["volunteers"].found

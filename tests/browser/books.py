"""Five workbooks as newcomers keep them: two sheets, wide, a roster, a ledger, a log of issues."""

import io
from collections.abc import Callable, Sequence

import openpyxl

AGREE = ("很不同意", "不同意", "一般", "同意", "很同意")
SURNAMES = "赵钱孙李周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶"


def _book(*sheets: tuple[str, Sequence[Sequence[object]], Sequence[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows, merged in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def two_sheets() -> bytes:
    """Sheets 前测 and 后测 below merged titles; names with slips, a total row, words as answers."""
    header = [
        "姓名 Name",
        "性别 Sex",
        "年龄 Age",
        "我知道疏散路线 I know the route",
        "我家备有应急包 I have a kit",
        "我知道联系谁 I know whom to call",
        "我做过演练 I practised",
        "备注",
    ]
    names = [f"{surname}小{'明红兰'[at % 3]}" for at, surname in enumerate(SURNAMES)]

    def rows(gain: int, people: Sequence[str]) -> list[list[object]]:
        answers = [
            [
                name,
                "女" if at % 2 else "男",
                30 + at,
                *(AGREE[min(4, (at * k + gain) % 5)] for k in (1, 2, 3, 4)),
                "",
            ]
            for at, name in enumerate(people)
        ]
        answers[0][3], answers[1][4] = "很 同意", "不知道"
        total = ["合计", "", len(people)]
        return [["社区防灾问卷"], ["填表人：小李"], header, *answers, total]

    later = [name.replace("韩", "寒").replace("陶", "淘") for name in names]
    return _book(
        ("前测", rows(0, names), ["A1:H1", "A2:H2"]), ("后测", rows(2, later), ["A1:H1", "A2:H2"])
    )


def side_by_side() -> bytes:
    """ID, gender, q1_pre … q3_pre, q1_post … q3_post, 40 rows."""
    header = ["ID", "gender", *(f"q{k}_{wave}" for wave in ("pre", "post") for k in (1, 2, 3))]
    people = [
        [
            f"P{n:02}",
            "f" if n % 2 else "m",
            *(1 + (n * k) % 4 for k in (1, 2, 3)),
            *(min(5, 2 + (n * k) % 4) for k in (1, 2, 3)),
        ]
        for n in range(40)
    ]
    return _book(("Sheet1", [header, *people], []))


def roster_and_hours() -> bytes:
    """志愿者名单 with dates as 2024.9.1, and 服务时长 with 2小时 and 半天."""
    roster = [
        [f"志愿{surname}", f"1380013{n:04}", f"2024.{1 + n % 12}.1", "宣传", "在岗"]
        for n, surname in enumerate(SURNAMES[:20])
    ]
    hours = [
        [
            f"志愿{SURNAMES[n % 20]}",
            f"2025-{1 + n % 9:02}-{1 + n % 27:02}",
            "半天" if n == 7 else f"{1 + n % 3}小时",
        ]
        for n in range(80)
    ]
    return _book(
        ("志愿者名单", [["姓名", "电话", "加入时间", "岗位", "状态"], *roster], []),
        ("服务时长", [["姓名", "日期", "服务时长"], *hours], []),
    )


def ledger() -> bytes:
    """A merged title, debit and credit, a balance, a total row."""
    rows: list[list[object]] = [
        ["社区基金台账"],
        ["日期", "凭证号", "摘要", "对方单位", "借方", "贷方", "余额"],
    ]
    balance = 0
    for n in range(1, 13):
        paid, received = (400 * n, None) if n % 2 else (None, 900 * n)
        balance += (received or 0) - (paid or 0)
        rows.append([f"2025-{n:02}-05", n, "活动", f"单位{n % 3}", paid, received, balance])
    rows.append(["合计", None, None, None, 14_400, 37_800, None])
    return _book(("台账", rows, ["A1:G1"]))


def talk() -> bytes:
    """A log of issues: dates without a year, months only, words for what became of them."""
    header = [
        "序号",
        "议题",
        "提出人",
        "提出时间",
        "议定时间",
        "负责人",
        "计划完成",
        "完成情况",
        "反馈居民",
    ]
    raised = ["3月5日", "4月中旬", "上半年", "20260610", "2026.4.1"] * 2
    rows = [
        [
            n,
            f"议题{n}",
            "居民",
            day,
            f"6月{n}日",
            "社工",
            "2026-07-01",
            "已完成" if n % 2 else "进行中",
            "是" if n % 4 == 1 else "否",
        ]
        for n, day in enumerate(raised, 1)
    ]
    return _book(("议事", [header, *rows], []))


BOOKS: dict[str, Callable[[], bytes]] = {
    "前后测.xlsx": two_sheets,
    "wide.xlsx": side_by_side,
    "志愿者.xlsx": roster_and_hours,
    "台账.xlsx": ledger,
    "议事.xlsx": talk,
}

"""Plant made personal data in files of many shapes and count what is replaced before saving.

``python benchmarks/find_personal_data.py`` prints recall by kind and by file shape, and precision
on harmless look-alikes. Names, numbers and addresses come from Faker and harmless words from
Babel and Faker, lists that the recognisers were not written from. Every person is made up.
"""

from __future__ import annotations

import argparse
import html
import io
import random
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from babel import Locale
from faker import Faker
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.intake.sandbox.workbook import open_workbook
from dashboard.workspace.redaction import redact_file

KEY = b"b" * 32
SEED = 20261124
Rows = list[list[str]]
NAME_HEADERS = [
    "姓名 Name",
    "怎么称呼您",
    "填写人",
    "户主",
    "受访人",
    "紧急联系人",
    "签名",
    "学员",
    "签到人",
    "编号",
    "志愿者",
    "学员姓名",
    "您的姓名",
    "联系人",
    "监护人姓名",
    "家长",
    "3、您的姓名",
    "姓名（请填写真实姓名）",
    "访员",
    "负责人",
    "A1",
    "字段2",
]
LATIN_HEADERS = [
    "Participant",
    "Interviewer",
    "Child's name",
    "Name",
    "Full name",
    "Respondent",
    "Parent or guardian",
    "Emergency contact",
    "Your name (optional)",
    "Volunteer",
    "Facilitator",
    "Teacher",
    "Signature",
    "Head of household",
    "Q2",
]
SAYINGS_ZH = (
    "感谢{name}帮我报名",
    "请联系{name}，电话{phone}",
    "我叫{name}，住在{address}",
    "{name}老师讲得很清楚",
    "有问题找{name}，微信号：{wechat}",
    "邮箱是{email}，身份证{id_card}",
    "车牌{plate}停在门口",
    "和{name}一起参加，手机{phone}",
)
SAYINGS_EN = (
    "Thanks to {name} for the lift",
    "Please call {phone} and ask for {name}",
    "My name is {name}",
    "I live at {address}",
    "Write to {email} or {phone}",
    "Spoke to {name} about the drill",
)


@dataclass
class Person:
    """One made person."""

    name: str
    phone: str
    email: str
    id_card: str
    address: str
    wechat: str
    plate: str
    ip: str


@dataclass
class Shape:
    """One file with what was planted in it: (kind, text)."""

    title: str
    name: str
    content: bytes
    planted: list[tuple[str, str]] = field(default_factory=list)


class People:
    """Draws people who do not exist."""

    def __init__(self, language: str, seed: int) -> None:
        self.fake = Faker({"zh": "zh_CN", "en": "en_US", "gb": "en_GB"}[language])
        self.fake.seed_instance(seed)
        self.random = random.Random(seed)
        self.language = language

    def draw(self, n: int) -> list[Person]:
        """Draw people with different names."""
        drawn: dict[str, Person] = {}
        while len(drawn) < n:
            person = self._draw()
            drawn.setdefault(person.name, person)
        return list(drawn.values())

    def _draw(self) -> Person:
        fake, rng = self.fake, self.random
        if self.language == "zh":
            name, id_card, plate = fake.name(), fake.ssn(), fake.license_plate().replace("-", "")
            phone = rng.choice(
                [
                    fake.phone_number(),
                    re.sub(r"^(\d{3})(\d{8})$", r"+86 \1 \2", fake.phone_number()),
                    re.sub(r"^(\d{3})(\d{4})(\d{4})$", r"\1 \2 \3", fake.phone_number()),
                    re.sub(r"^(\d{3})(\d{4})(\d{4})$", r"\1-\2-\3", fake.phone_number()),
                    f"027-8{rng.randrange(10**6, 10**7)}",
                    f"0712-2{rng.randrange(10**5, 10**6)}",
                ]
            )
            house, floor = rng.randrange(1, 300), rng.randrange(101, 2900)
            street = (
                f"{fake.province()}{fake.city()}{fake.district()}区{fake.street_name()}{house}号"
            )
            flat = f"幸福小区{rng.randrange(1, 40)}栋{rng.randrange(1, 5)}单元{floor}室"
            address = rng.choice([street, flat])
        else:
            name = f"{fake.first_name()} {fake.last_name()}"
            phone = rng.choice(
                [f"({rng.randrange(201, 989)}) 555-{rng.randrange(1000, 9999)}"]
                if self.language == "en"
                else [
                    f"07{rng.randrange(100, 999)} {rng.randrange(10**5, 10**6)}",
                    f"+44 113 496 0{rng.randrange(100, 999)}",
                ]
            )
            id_card, plate = "", ""
            road = rng.choice(["Street", "Road", "Avenue", "Close"])
            address = f"{rng.randrange(1, 300)} {fake.last_name()} {road}"
        local = fake.ascii_safe_email()
        code = rng.choice(["wxid_", "lucky_", "sun"]) + f"{rng.randrange(10**5, 10**7)}"
        ip = ".".join(str(rng.randrange(20, 220)) for _ in range(4))
        return Person(name, phone, local, id_card, address, code, plate, ip)


def as_csv(rows: Rows, encoding: str = "utf-8-sig", comma: str = ",") -> bytes:
    """Write a text file."""
    quoted = [[f'"{c}"' if comma in c or "\n" in c else c for c in row] for row in rows]
    return "\r\n".join(comma.join(row) for row in quoted).encode(encoding, "replace")


def as_xlsx(
    *sheets: tuple[str, Rows], more: Callable[[openpyxl.Workbook], None] | None = None
) -> bytes:
    """Write a workbook; ``more`` adds what lies beside the cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    if more:
        more(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def as_xls(rows: Rows) -> bytes:
    """Write an old workbook."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write(at, column, cell)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def as_html(rows: Rows) -> bytes:
    """Write a web page that calls itself a spreadsheet."""
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    head = "<html><head><meta charset='utf-8'></head><body>"
    return f"{head}<table>{body}</table></body></html>".encode()


def as_zip(rows: Rows) -> bytes:
    """Write an archive of tables as data collection servers export it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("survey.csv", as_csv(rows))
        archive.writestr("survey-members.csv", as_csv(rows))
    return made.getvalue()


def ratings(rng: random.Random, n: int) -> list[str]:
    """Answers to one item."""
    return [rng.choice(["非常同意", "同意", "一般", "不同意"]) for _ in range(n)]


def make_shapes(seed: int = SEED) -> Iterator[Shape]:
    """Yield one file for each shape."""
    rng = random.Random(seed)
    zh, en, gb = People("zh", seed), People("en", seed + 1), People("gb", seed + 2)
    for header in NAME_HEADERS:
        some = zh.draw(22)
        rows = [[header, "年龄", "我知道撤离路线"]]
        rows += [
            [p.name, str(rng.randrange(20, 80)), a]
            for p, a in zip(some, ratings(rng, 22), strict=True)
        ]
        kind = rng.choice(["csv", "xlsx"])
        content = as_csv(rows) if kind == "csv" else as_xlsx(("Sheet1", rows))
        yield Shape(f"header {header}", f"f.{kind}", content, [("name", p.name) for p in some])
    for header in LATIN_HEADERS:
        some = rng.choice([en, gb]).draw(20)
        rows = [[header, "Age", "I know the route"]]
        rows += [[p.name, str(rng.randrange(20, 80)), "Agree"] for p in some]
        yield Shape(f"header {header}", "f.csv", as_csv(rows), [("name", p.name) for p in some])
    kinds = ("name", "phone", "email", "id_card", "address", "wechat", "plate", "ip")
    headers = {
        "standard headers": [
            "姓名",
            "手机号",
            "邮箱",
            "身份证号",
            "家庭住址",
            "微信号",
            "车牌号",
            "IP地址",
        ],
        "bilingual headers": [
            "姓名 Name",
            "电话 Phone",
            "邮箱 Email",
            "身份证 ID card",
            "住址 Address",
            "微信 WeChat",
            "车牌 Plate",
            "来自IP",
        ],
        "no headers that say so": ["A", "B", "C", "D", "E", "微信", "G", "H"],
    }
    writers: dict[str, Callable[[Rows], bytes]] = {
        "csv": as_csv,
        "csv gb18030": lambda rows: as_csv(rows, "gb18030"),
        "tsv": lambda rows: as_csv(rows, "utf-8", "\t"),
        "xlsx": lambda rows: as_xlsx(("答卷", rows)),
        "xls": as_xls,
        "html": as_html,
        "zip": as_zip,
    }
    for title, names in headers.items():
        for form, write in writers.items():
            some = zh.draw(8)
            rows = [[*names, "满意度"]]
            rows += [
                [*(getattr(p, k) for k in kinds), a]
                for p, a in zip(some, ratings(rng, 8), strict=True)
            ]
            yield Shape(
                f"{title}, {form}",
                f"f.{form.split()[0]}",
                write(rows),
                [(k, getattr(p, k)) for p in some for k in kinds],
            )
    yield from _free_text(rng, zh, SAYINGS_ZH, "意见和建议", "xlsx")
    yield from _free_text(rng, zh, SAYINGS_ZH, "备注", "csv")
    yield from _free_text(rng, en, SAYINGS_EN, "Comments", "xlsx")
    yield from _free_text(rng, gb, SAYINGS_EN, "Notes", "csv")
    yield from _mixed_cells(zh, en)
    yield from _beside_the_cells(rng, zh, en)


def _free_text(
    rng: random.Random, people: People, sayings: Sequence[str], header: str, form: str
) -> Iterator[Shape]:
    some = people.draw(40)
    rows, planted = [["code", header, "q1"]], []
    for at, p in enumerate(some):
        saying = sayings[at % len(sayings)]
        rows.append([f"P{at:03}", saying.format(**p.__dict__), rng.choice("12345")])
        planted += [(k, getattr(p, k)) for k in re.findall(r"\{(\w+)\}", saying)]
    content = as_csv(rows) if form == "csv" else as_xlsx(("S", rows))
    yield Shape(f"free text {header}, {form}", f"f.{form}", content, planted)


def _mixed_cells(zh: People, en: People) -> Iterator[Shape]:
    for title, people, form in (
        ("name and phone in one cell", zh, "{name} {phone}"),
        ("name, comma, phone", zh, "{name}，{phone}"),
        ("name(phone)", zh, "{name}({phone})"),
        ("name/phone, Latin", en, "{name} / {phone}"),
    ):
        some = people.draw(15)
        rows = [["联系人" if people is zh else "Contact", "q1"]]
        rows += [[form.format(**p.__dict__), "3"] for p in some]
        planted = [(k, getattr(p, k)) for p in some for k in ("name", "phone")]
        yield Shape(title, "f.csv", as_csv(rows), planted)
    some = zh.draw(16)
    rows = [["活动", "参加人员"]]
    rows += [
        [f"第{at + 1}次活动", "、".join(p.name for p in some[at * 4 : at * 4 + 4])]
        for at in range(4)
    ]
    yield Shape(
        "several names in a cell", "f.xlsx", as_xlsx(("S", rows)), [("name", p.name) for p in some]
    )


def _beside_the_cells(rng: random.Random, zh: People, en: People) -> Iterator[Shape]:
    for title, people, lead in (
        ("names as headers", zh, "日期"),
        ("names as headers, Latin", en, "Date"),
    ):
        some = people.draw(12)
        rows = [[lead, *(p.name for p in some)]]
        rows += [
            [f"2025-03-{day:02}", *(rng.choice(["√", ""]) for _ in some)] for day in range(1, 9)
        ]
        yield Shape(title, "f.xlsx", as_xlsx(("签到", rows)), [("name", p.name) for p in some])
    plain = [["code", "q1"], *([f"P{n:02}", rng.choice("12345")] for n in range(20))]
    some = zh.draw(6)
    rows = [
        [f"调查员：{some[0].name}  电话：{some[0].phone}"],
        [],
        *plain,
        [],
        [f"填表人：{some[1].name}"],
        [f"联系人：{some[2].name}（{some[2].phone}）"],
    ]
    planted = [("name", p.name) for p in some[:3]] + [
        ("phone", p.phone) for p in (some[0], some[2])
    ]
    yield Shape("title row and notes", "f.xlsx", as_xlsx(("S", rows)), planted)
    some = zh.draw(10)
    yield Shape(
        "a sheet for each person",
        "f.xlsx",
        as_xlsx(*((p.name, plain) for p in some)),
        [("name", p.name) for p in some],
    )
    for form in (
        "{name}_访谈.csv",
        "{name}-{phone}.csv",
        "问卷_{name}.csv",
        "{name}的日志.csv",
        "{name}.csv",
    ):
        p = zh.draw(1)[0]
        p.phone = re.sub(r"\D", "", p.phone)
        planted = [(k, getattr(p, k)) for k in re.findall(r"\{(\w+)\}", form)]
        yield Shape("file name", form.format(**p.__dict__), as_csv(plain), planted)
    some = zh.draw(8)

    def with_comments(book: openpyxl.Workbook) -> None:
        for at, p in enumerate(some[:4]):
            book.worksheets[0].cell(at + 2, 1).comment = Comment(f"{p.name} {p.phone}", p.name)

    planted = [(k, getattr(p, k)) for p in some[:4] for k in ("name", "phone")]
    yield Shape("comments", "f.xlsx", as_xlsx(("S", plain), more=with_comments), planted)

    def with_properties(book: openpyxl.Workbook) -> None:
        book.properties.creator, book.properties.lastModifiedBy = some[4].name, some[5].name
        book.properties.title, book.properties.description = f"{some[6].name}的名单", some[6].phone

    planted = [("name", p.name) for p in some[4:7]] + [("phone", some[6].phone)]
    yield Shape(
        "document properties", "f.xlsx", as_xlsx(("S", plain), more=with_properties), planted
    )

    def with_header(book: openpyxl.Workbook) -> None:
        book.worksheets[0].oddHeader.center.text = f"制表人：{some[7].name}"
        rule = DataValidation(type="list", formula1=f'"{some[0].name},{some[1].name}"')
        rule.add("B2:B9")
        book.worksheets[0].add_data_validation(rule)

    planted = [("name", some[7].name), ("name", some[0].name), ("name", some[1].name)]
    yield Shape(
        "page header and list of choices",
        "f.xlsx",
        as_xlsx(("S", plain), more=with_header),
        planted,
    )
    some = zh.draw(20)
    roster = [["姓名", "手机号"], *([p.name, p.phone] for p in some)]

    def hide(book: openpyxl.Workbook) -> None:
        book.worksheets[1].sheet_state = "hidden"

    planted = [(k, getattr(p, k)) for p in some for k in ("name", "phone")]
    yield Shape(
        "hidden sheet",
        "f.xlsx",
        as_xlsx(("S", plain), ("旧名单", roster), ("空", []), more=hide),
        planted,
    )
    diary = [
        ["姓名", "日志"],
        *(
            [p.name, f"今天{q.name}没有来，{p.name}去看望了"]
            for p, q in zip(some, some[1:] + some[:1], strict=True)
        ),
    ]
    yield Shape(
        "names of the list in free text",
        "f.xlsx",
        as_xlsx(("S", diary)),
        [("name", p.name) for p in some],
    )


def harmless(seed: int = SEED) -> dict[str, list[str]]:
    """Look-alikes that name nobody, by where they stand."""
    zh, en = Locale("zh", script="Hans"), Locale("en", "GB")
    fake_zh, fake_en = Faker("zh_CN"), Faker("en_GB")
    fake_zh.seed_instance(seed)
    fake_en.seed_instance(seed)
    rng = random.Random(seed)
    words = [fake_zh.word() for _ in range(900)]
    return {
        "国家": list(zh.territories.values()),
        "语言": list(zh.languages.values()),
        "货币": list(zh.currencies.values())[:150],
        "Country": list(en.territories.values()),
        "Language": list(en.languages.values()),
        "关键词": list(dict.fromkeys(words)),
        "Keyword": list(dict.fromkeys(fake_en.word() for _ in range(600))),
        "职业": list(dict.fromkeys(fake_zh.job() for _ in range(300))),
        "Occupation": list(dict.fromkeys(fake_en.job() for _ in range(300))),
        "城市": list(dict.fromkeys(fake_zh.city() for _ in range(200))),
        "满意程度": [
            "非常满意",
            "满意",
            "一般",
            "不满意",
            "非常不满意",
            "还好",
            "都行",
            "高兴",
            "安心",
            "方便",
            "从不",
            "经常",
            "有时",
            "严重",
            "全部",
            "平时",
            "马上",
            "明白",
        ],
        "活动": [
            "安全讲座",
            "方言故事会",
            "高龄老人慰问",
            "应急演练",
            "包饺子",
            "广场舞",
            "常见病义诊",
            "防汛演练",
            "重阳节联欢",
            "乐龄课堂",
            "江边清洁",
            "易燃物品排查",
            "毛笔书法",
            "水灾急救",
            "田间劳动",
            "季度总结会",
            "关爱留守儿童",
            "邻里节",
            "石榴花开",
            "元宵灯会",
        ],
        "社区": [
            "金泉社区",
            "安康小区",
            "高桥村",
            "王家湾",
            "李家庄",
            "和平里",
            "常青花园",
            "方庄",
            "石桥镇",
            "江岸区",
            "武昌区",
            "黄陂区",
            "马家巷",
            "田园小区",
            "文华苑",
            "成家坝",
            "白沙洲",
            "陈家湾社区",
            "祝家村",
            "熊家嘴",
        ],
        "题目": [
            "我知道最近的撤离路线",
            "我能说出家中三处安全出口",
            "发生火灾时应当首先拨打119",
            "您家有应急包吗？",
            "邻居之间互相帮助",
            "我信任社区居委会",
            "过去12个月您参加过几次活动？",
            "请对社区服务评分（1–5分）",
            "马上要下雨时我知道怎么做",
            "任何人都可以参加",
        ],
        "备注": [
            "今年12号开会",
            "3号楼门口集合",
            "2025年3月5日改期",
            "第5组第2名",
            "共收到1380元",
            "编号2025030112",
            "参加人数120人",
            "周三下午2点",
            "联系居委会",
            "王家湾社区活动室",
            "请假",
            "感谢社区",
            "希望多组织活动",
            "由居委会组织",
            "对活动很满意",
            "和家人一起参加",
            "向社区反映过",
            "关于停车的问题",
            "找不到地方",
            "金额1234567.89元",
        ],
        "amount": [f"{rng.uniform(1, 10**6):.2f}" for _ in range(60)]
        + [f"{rng.randrange(10**5, 10**7):,}" for _ in range(60)],
        "respondent": [f"HB-{n:04}" for n in range(60)]
        + [f"{rng.randrange(10**5, 10**6)}" for _ in range(60)]
        + [f"A{n:03}" for n in range(40)],
        "date": [f"2025-{m:02}-{d:02}" for m in range(1, 13) for d in (1, 15)]
        + [f"2025年{m}月{m + 3}日" for m in range(1, 13)]
        + [f"{d}/{m}/2025 10:30" for m in range(1, 7) for d in (2, 20)],
        "version": [
            "1.2.3.4",
            "3.1.2.1",
            "10:30:00",
            "v2.10.1",
            "1-2-3",
            "2025-03-01-01",
            "ISO 9001:2015",
            "20250301",
        ],
        "I know the nearest evacuation route": [
            "Strongly agree",
            "Agree",
            "Neither agree nor disagree",
            "Disagree",
            "Strongly disagree",
        ],
        "Comments": [
            "Very Good",
            "The First Aid course was useful",
            "More Drills please",
            "Nothing",
            "I am happy with the Programme",
            "Thank you",
            "Thanks to the Committee",
            "Met with the Housing Office",
            "Called the Council",
            "Room 12 on Monday",
            "Saturday Morning",
            "High Street was flooded",
            "Spoke to the Council about it",
            "I am Very Satisfied",
            "Ask for more chairs",
        ],
        "community": [
            "Riverside",
            "Hilltop",
            "St Mary Park",
            "Green Lane",
            "Kings Cross",
            "Church Hill",
            "Old Town",
            "Market Square",
            "West End",
            "Harbour View",
        ],
    }


def readable(content: bytes) -> str:
    """Everything a file holds, archives unpacked, also text of older encodings."""
    if not content.startswith(b"PK"):
        return (
            content.decode("utf-8", "ignore")
            + content.decode("gb18030", "ignore")
            + content.decode("utf-16-le", "ignore")
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return html.unescape(
            "".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())
        )


def find_leaks(shape: Shape) -> list[tuple[str, str]]:
    """What of the planted data is still readable in what would be saved."""
    redacted = redact_file(shape.content, shape.name, KEY)
    if not redacted.safe:
        raise RuntimeError(f"{shape.title}: not saved ({redacted.error}, {list(redacted.columns)})")
    saved = readable(redacted.content) + redacted.name + "".join(redacted.columns)
    return [(kind, text) for kind, text in shape.planted if text in saved]


def find_alarms(seed: int = SEED) -> tuple[int, list[tuple[str, str, str]]]:
    """Number of harmless cells, and those that were changed: column, before, after."""
    total, alarms = 0, []
    for header, values in harmless(seed).items():
        for name, rows in (
            ("plain.csv", [["q0", header], *(["3", v] for v in values)]),
            ("plain.xlsx", [[header, "q0"], *([v, "3"] for v in values)]),
        ):
            content = as_csv(rows) if name.endswith("csv") else as_xlsx(("S", rows))
            saved = redact_file(content, name, KEY)
            before, after = (
                open_workbook(c, name).sheets[0].rows for c in (content, saved.content)
            )
            for old, new in zip(before, after, strict=True):
                for a, b in zip(old, new, strict=True):
                    total += a is not None and a != "3"
                    if a != b:
                        alarms.append((header, str(a), str(b)))
    return total, alarms


def main() -> None:
    """Print the tables of each seed asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, nargs="+", default=[SEED], help="people to draw")
    for seed in parser.parse_args().seed:
        print_seed(seed)


def print_seed(seed: int) -> None:
    """Print recall by kind and by shape of file, precision, and what was wrong."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    by_shape: dict[str, Counter[str]] = {}
    missed: list[tuple[str, str, str]] = []
    for shape in make_shapes(seed):
        leaks = find_leaks(shape)
        counts = by_shape.setdefault(shape.title, Counter())
        for item in shape.planted:
            lost = item in leaks
            for counter in (by_kind[item[0]], counts):
                counter["planted"] += 1
                counter["readable"] += lost
        missed += [(shape.title, *leak) for leak in leaks]
    planted = sum(c["planted"] for c in by_kind.values())
    left = sum(c["readable"] for c in by_kind.values())
    total, alarms = find_alarms(seed)
    print(f"{'kind':<46}planted readable recall")
    for name, c in [*sorted(by_kind.items()), ("", Counter()), *by_shape.items()]:
        if c:
            recall = 1 - c["readable"] / c["planted"]
            print(f"{name:<46}{c['planted']:>7}{c['readable']:>9}{recall:>7.3f}")
    recall = 1 - left / planted
    print(f"\nseed {seed}: {len(by_shape)} shapes, {planted} planted, {left} readable: ", end="")
    print(f"recall {recall:.4f}")
    precision = (planted - left) / (planted - left + len(alarms))
    print(f"{total} harmless cells, {len(alarms)} replaced: precision {precision:.4f}")
    for title, kind, text in missed[:60]:
        print(f"  readable  {title}: {kind} {text}")
    for header, before, after in alarms[:80]:
        print(f"  harmless  {header}: {before} -> {after}")


if __name__ == "__main__":
    main()

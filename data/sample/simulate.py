#!/usr/bin/env python3
"""Simulate the sample community: every file as it would really arrive, from one seed.

Nothing here is about real people. The true effects are fixed below; ``truth.toml`` holds what they
come to in score points, from a panel so large that chance plays no part.

    python data/sample/simulate.py            writes the files beside this script
    python data/sample/simulate.py FOLDER     writes them into FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from openpyxl import Workbook

SEED = 20250301
START, END = date(2025, 3, 1), date(2026, 8, 31)
FLOOD = (date(2025, 6, 15), date(2025, 8, 31))

AGREE = ("非常不同意", "比较不同意", "一般", "比较同意", "非常同意")
AGES = ("18-35岁", "36-59岁", "60岁及以上")
AGE_SHARE = (0.30, 0.42, 0.28)
STEM = "6、请问您是否同意以下说法"
PREPAREDNESS = (
    "我知道离家最近的避险路线",
    "我家备有应急包",
    "发洪水时我知道该给谁打电话",
    "为灾害做准备是白费力气",
)
TRUST = ("遇到困难时邻居会帮忙", "我愿意帮助邻居转移", "这里的人大多可以信任")
VOICE = ("社区的事我能说上话", "协商会上的意见会得到答复", "我知道怎样提出社区议题")
QUIZ = {
    "7、洪水预警信号中最严重的颜色是": ("红色", ("红色", "橙色", "黄色", "蓝色")),
    "8、室内进水时首先应当": ("切断电源", ("切断电源", "收拾家具", "拍摄视频", "开窗通风")),
    "9、避险转移时应当走": ("指定路线", ("指定路线", "最近的地下通道", "河边小路", "随意")),
}
KIT = "10、您家现在有应急包吗？"

# True shifts of the latent score (in its standard deviations) from before to after.
SHIFT = {"B": {"preparedness": 0.95, "trust": 0.12, "voice": 0.30, "quiz": 0.80, "kit": 0.90}}
SHIFT["C"] = {"preparedness": 0.15, "trust": 0.05, "voice": 0.05, "quiz": 0.20, "kit": 0.15}
OLDER_GAIN_LESS = 0.35  # people over 60 in B gain this much less in preparedness: unequal reach


@dataclass(frozen=True)
class Panel:
    """Residents of both communities: who they are and where they started."""

    community: np.ndarray
    sex: np.ndarray
    age: np.ndarray
    building: np.ndarray
    level: dict[str, np.ndarray]


def simulate_panel(rng: np.random.Generator, n_b: int, n_c: int) -> Panel:
    """Draw residents; neighbours in one building resemble each other a little."""
    n = n_b + n_c
    community = np.repeat(["B", "C"], [n_b, n_c])
    building = rng.integers(1, 15, n)
    place = rng.normal(0, 0.15, (2, 15))[(community == "C").astype(int), building]
    level = {name: rng.normal(0, 1, n) + place for name in SHIFT["B"]}
    age = rng.choice(3, n, p=AGE_SHARE)
    sex = rng.choice(["女", "男"], n, p=[0.56, 0.44])
    return Panel(community, sex, age, building, level)


def latent(rng: np.random.Generator, panel: Panel, name: str, after: bool) -> np.ndarray:
    """Latent score of everyone in one wave; a person's two waves correlate about .6."""
    score = panel.level[name] + rng.normal(0, 0.6, len(panel.community))
    if after:
        score = score + np.where(panel.community == "B", SHIFT["B"][name], SHIFT["C"][name])
        if name == "preparedness":
            score = score - OLDER_GAIN_LESS * ((panel.community == "B") & (panel.age == 2))
    return score


def likert(rng: np.random.Generator, score: np.ndarray, n_items: int) -> np.ndarray:
    """Turn latent scores into answers 1–5 to ``n_items`` items."""
    tilt = np.linspace(-0.25, 0.25, n_items)
    noisy = score[:, None] + tilt + rng.normal(0, 0.6, (len(score), n_items))
    return 1 + np.digitize(noisy, [-1.2, -0.2, 0.7, 1.7])


def wave_answers(rng: np.random.Generator, panel: Panel, after: bool) -> dict[str, np.ndarray]:
    """All answers of one wave, as numbers; the reversed item is stored as answered."""
    answers = {
        "preparedness": likert(rng, latent(rng, panel, "preparedness", after), 4),
        "trust": likert(rng, latent(rng, panel, "trust", after), 3),
        "voice": likert(rng, latent(rng, panel, "voice", after), 3),
    }
    answers["preparedness"][:, 3] = 6 - answers["preparedness"][:, 3]
    quiz = latent(rng, panel, "quiz", after)
    answers["quiz"] = (quiz[:, None] + rng.logistic(0, 0.8, (len(quiz), 3)) > 0.2).astype(int)
    kit = latent(rng, panel, "kit", after)
    answers["kit"] = (kit + rng.logistic(0, 0.6, len(kit)) > 0.7).astype(int)
    return answers


def mean_scores(answers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Scores as the study file defines them."""
    prepared = answers["preparedness"].astype(float).copy()
    prepared[:, 3] = 6 - prepared[:, 3]
    return {
        "preparedness": prepared.mean(axis=1),
        "trust": answers["trust"].mean(axis=1),
        "voice": answers["voice"].mean(axis=1),
        "knowledge": answers["quiz"].mean(axis=1),
        "kit": answers["kit"].astype(float),
    }


def true_effects(n: int = 400_000) -> dict[str, dict[str, float]]:
    """What the shifts come to in score points, from ``n`` residents a community."""
    rng = np.random.default_rng(SEED + 1)
    panel = simulate_panel(rng, n, n)
    before, after = (mean_scores(wave_answers(rng, panel, late)) for late in (False, True))
    in_b = panel.community == "B"
    found = {}
    for name in before:
        change = after[name] - before[name]
        rise_b, rise_c = float(change[in_b].mean()), float(change[~in_b].mean())
        found[name] = {"change_B": rise_b, "change_C": rise_c, "difference": rise_b - rise_c}
    return found


def survey_rows(
    rng: np.random.Generator,
    panel: Panel,
    codes: Sequence[str],
    chosen: np.ndarray,
    after: bool,
) -> list[list[object]]:
    """Rows of a 问卷星 export by text, traps included: seconds with unit, IP with place."""
    answers = wave_answers(rng, panel, after)
    first_day = datetime(2026, 8, 3, 9) if after else datetime(2025, 3, 3, 9)
    rows: list[list[object]] = []
    for number, i in enumerate(chosen, start=1):
        sent = first_day + timedelta(hours=1.7 * number, minutes=float(rng.integers(0, 50)))
        row: list[object] = [number, sent.strftime("%Y/%m/%d %H:%M:%S")]
        row += [f"{int(rng.gamma(9, 25)) + 45}秒", "微信", "N/A"]
        row += [f"192.0.2.{rng.integers(1, 255)}(湖北-孝感)", codes[i], f"{panel.community[i]}社区"]
        row += [panel.sex[i], AGES[panel.age[i]], f"{panel.community[i]}{panel.building[i]:02d}栋"]
        items = np.hstack([answers[name][i] for name in ("preparedness", "trust", "voice")])
        row += [AGREE[a - 1] if rng.random() > 0.015 else "(空)" for a in items]
        for right, (best, options) in zip(answers["quiz"][i], QUIZ.values(), strict=True):
            row.append(best if right else str(rng.choice(options[1:])))
        row.append("是" if answers["kit"][i] else "否")
        rows.append(row)
    return rows


def survey_header() -> list[str]:
    """Header of the export: the stem stands only on the first row of the matrix."""
    items = (*PREPAREDNESS, *TRUST, *VOICE)
    matrix = [f"{STEM}—{items[0]}", *items[1:]]
    about = ["1、您的居民编号", "2、您所在的社区", "3、您的性别", "4、您的年龄段", "5、您住的楼栋"]
    tool = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
    return [*tool, *about, *matrix, *QUIZ, KIT]


def lost_after(rng: np.random.Generator, panel: Panel) -> np.ndarray:
    """Who is not found again: the young and the less prepared rather more often."""
    tendency = -1.1 + 0.5 * (panel.age == 0) - 0.3 * panel.level["preparedness"]
    return rng.random(len(panel.age)) < 1 / (1 + np.exp(-tendency))


def write_sheet(path: Path, rows: Sequence[Sequence[object]], title: str = "Sheet1") -> None:
    """Write one sheet; creation date fixed."""
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 9, 1)
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    book.save(path)


def write_surveys(folder: Path, rng: np.random.Generator) -> tuple[Panel, list[str]]:
    """Write the export before and after; codes with the slips people make."""
    panel = simulate_panel(rng, 190, 170)
    codes = [f"{c}{i + 1:03d}" for i, c in enumerate(panel.community)]
    everyone = np.arange(len(codes))
    asked_before = everyone[rng.random(len(codes)) < 0.9]
    gone = lost_after(rng, panel)
    after = everyone[~gone]
    before_rows = survey_rows(rng, panel, codes, rng.permutation(asked_before), after=False)
    after_rows = survey_rows(rng, panel, codes, rng.permutation(after), after=True)
    after_rows[7][6] = f" {str(after_rows[7][6]).lower()}"
    after_rows.append([len(after_rows) + 1, *after_rows[3][1:]])
    n, m = len(before_rows), len(after_rows)
    name = "{}_按文本_防灾减灾{}_{}_{}.xlsx"
    write_sheet(folder / name.format(258014401, "前测", n, n), [survey_header(), *before_rows])
    write_sheet(folder / name.format(258014402, "后测", m, m), [survey_header(), *after_rows])
    return panel, codes


SESSIONS = (
    ("社区风险地图绘制", "工作坊", "参与"),
    ("避险演练", "演练", "参与"),
    ("急救培训", "培训", "告知"),
    ("楼栋议事会", "协商", "协作"),
    ("防汛知识讲座", "培训", "告知"),
    ("应急包制作", "工作坊", "参与"),
)


def session_plan(rng: np.random.Generator) -> list[list[object]]:
    """Planned sessions: two a month, some moved or cancelled, by phase of the intervention."""
    rows: list[list[object]] = []
    day = START + timedelta(days=12)
    while day < END - timedelta(days=10):
        title, kind, level = SESSIONS[len(rows) % len(SESSIONS)]
        phase = ("组织动员", "能力建设", "协商共治")[min(2, len(rows) // 12)]
        fate = rng.choice(["held", "moved", "cancelled"], p=[0.74, 0.15, 0.11])
        held = {"held": day, "moved": day + timedelta(days=7)}.get(str(fate))
        parts = int(rng.integers(4, 7))
        given = parts - int(rng.integers(0, 3)) if held else 0
        hours = [float(rng.integers(4, 10)), float(rng.integers(6, 30)) if held else 0.0]
        rows.append([f"{title}{len(rows) // 6 + 1}", kind, level, phase, day, held, parts, given])
        rows[-1] += hours
        day += timedelta(days=15)
    return rows


def write_activities(
    folder: Path, rng: np.random.Generator, panel: Panel, codes: list[str]
) -> None:
    """Write the plan of activities and the sign-in sheet of community B."""
    plan = session_plan(rng)
    head = ["活动", "类型", "参与层次", "阶段", "计划日期", "实际日期", "计划环节", "完成环节"]
    write_sheet(folder / "活动计划与执行.xlsx", [[*head, "社工工时", "志愿者工时"], *plan])
    residents = np.flatnonzero(panel.community == "B")
    older = panel.age[residents] == 2
    comes = rng.random(len(residents)) < np.where(older, 0.42, 0.82)
    zeal = rng.beta(0.7, 2.4, len(residents)) * np.where(older, 0.6, 1.1) * comes
    rows: list[list[object]] = []
    for title, kind, level, _phase, _planned, held, *_ in plan:
        if held is None:
            continue
        season = 1.25 if FLOOD[0] <= held <= FLOOD[1] else 1.0
        signed = rng.random(len(residents)) < np.clip(zeal * season * 1.25, 0, 0.95)
        for i in residents[signed]:
            present = "是" if rng.random() < 0.82 else "否"
            about = [panel.sex[i], AGES[panel.age[i]]]
            rows.append([title, held, kind, level, codes[i], *about, present])
    rows.insert(40, list(rows[39]))
    top = ["活动", "日期", "类型", "参与层次", "居民编号", "性别", "年龄段", "是否到场"]
    title_line = ["B社区防灾减灾项目 活动签到表（模拟数据）"]
    write_sheet(folder / "活动签到表.xlsx", [title_line, [], top, *rows])


@dataclass(frozen=True)
class Volunteer:
    """One simulated volunteer: when they served and how often."""

    code: str
    joined: date
    left: date | None
    reason: str
    role: str
    trained: date | None
    weekly: float


def simulate_volunteers(rng: np.random.Generator) -> list[Volunteer]:
    """Draw 68 volunteers; leaving is likeliest in the three months after the flood season."""
    reasons = ("工作变动", "搬离社区", "兴趣减退", "照顾家人")
    found = []
    for i in range(68):
        joined = START + timedelta(days=int(min(rng.exponential(120), 480)))
        core = rng.random() < 0.2
        trained = joined + timedelta(days=int(rng.integers(20, 70))) if rng.random() < 0.5 else None
        left, day = None, joined + timedelta(days=7)
        while day < END and left is None:
            hazard = 0.006 * (0.35 if core else 1.0) * (0.7 if trained and day > trained else 1.0)
            if FLOOD[1] < day < FLOOD[1] + timedelta(days=100):
                hazard *= 6.5
            left = day if rng.random() < hazard else None
            day += timedelta(days=7)
        role = "骨干" if core else "志愿者"
        role = "队长" if core and rng.random() < 0.25 else role
        why = str(rng.choice(reasons, p=[0.3, 0.15, 0.4, 0.15])) if left else ""
        kept = trained if trained and (left is None or trained < left) else None
        weekly = float(rng.gamma(0.8, 0.45) + 0.12) * (3.5 if core else 1.0)
        found.append(Volunteer(f"V{i + 1:03d}", joined, left, why, role, kept, min(weekly, 3.0)))
    return found


def write_volunteers(folder: Path, rng: np.random.Generator) -> None:
    """Write the roster (xlsx) and the service log (csv in GB18030, as Excel saves it)."""
    team = simulate_volunteers(rng)
    roster: list[list[object]] = [["编号", "加入日期", "退出日期", "退出原因", "角色", "培训日期"]]
    for v in team:
        roster.append([v.code, v.joined, v.left, v.reason, v.role, v.trained])
    write_sheet(folder / "志愿者名册.xlsx", roster)
    kinds = ("巡查", "入户宣传", "演练协助", "物资管理")
    log = []
    for v in team:
        stop = min(v.left or END, END)
        log.append((v.joined, v.code, 2.0, kinds[1]))
        for offset in range(2, (stop - v.joined).days):
            if rng.random() < v.weekly / 7:
                hours = float(rng.choice([1, 1.5, 2, 2, 3, 4]))
                log.append(
                    (v.joined + timedelta(days=offset), v.code, hours, str(rng.choice(kinds)))
                )
    lines = ["编号,服务日期,服务时长,服务内容"]
    lines += [f"{code},{day:%Y-%m-%d},{hours:g},{kind}" for day, code, hours, kind in sorted(log)]
    (folder / "服务记录.csv").write_bytes(("\r\n".join(lines) + "\r\n").encode("gb18030"))


def write_ledger(folder: Path, rng: np.random.Generator) -> None:
    """Write the ledger: one funder gives most, the community little; total row at the bottom."""
    head = ["日期", "摘要", "收入", "支出", "来源", "来源类型", "是否限定", "资助截止"]
    grant = ["民政局公益创投", "政府", "是"]
    rows: list[list[object]] = [
        [date(2025, 3, 10), "项目首款", 150000, None, *grant, date(2026, 12, 31)],
        [date(2025, 11, 20), "项目二期", 110000, None, *grant, date(2026, 12, 31)],
        [date(2025, 6, 5), "防汛专项", 40000, None, "慈善会", "基金会", "是", date(2025, 12, 31)],
        [date(2026, 3, 16), "小额资助", 22000, None, "社区基金会", "基金会", "否", None],
    ]
    for month in range(18):
        day = date(2025 + (2 + month) // 12, (2 + month) % 12 + 1, 25)
        spent = int(rng.normal(15500, 1500)) if month not in (4, 5) else int(rng.normal(21000, 900))
        rows.append([day, "人员与活动支出", None, spent, None, None, None, None])
        gift = int(rng.gamma(2.0, 450))
        rows.append([day, "居民捐赠与义卖", gift, None, "居民捐赠", "社区自筹", "否", None])
    rows.sort(key=lambda row: (row[0], row[1]))
    totals = [sum(int(r[i]) for r in rows if r[i]) for i in (2, 3)]
    rows.append(["合计", None, *totals, None, None, None, None])
    write_sheet(folder / "项目资金台账.xlsx", [head, *rows], "台账")


def write_consultation(folder: Path, rng: np.random.Generator) -> None:
    """Write the log of issues raised: many agreed, fewer done, few told back."""
    topics = (
        "排水沟清淤",
        "楼道堆物",
        "避险标识",
        "应急照明",
        "物资仓库",
        "独居老人联络",
        "河道护栏",
    )
    by = ("居民代表", "物业公司", "居委会", "志愿者队")
    head = ["议题", "会议", "提出日期", "提出人", "参与方", "阶段", "同意日期", "到期日", "完成日"]
    rows: list[list[object]] = []
    for i in range(31):
        raised = START + timedelta(days=40 + 15 * i + int(rng.integers(0, 9)))
        agreed = raised + timedelta(days=int(rng.integers(3, 20))) if rng.random() < 0.76 else None
        due = agreed + timedelta(days=60) if agreed else None
        done = None
        if agreed and rng.random() < 0.42:
            done = agreed + timedelta(days=int(rng.gamma(3, 28)) + 5)
            done = done if done <= END else None
        told = done + timedelta(days=6) if done and rng.random() < 0.45 else None
        declined = "不属社区权限" if agreed is None and rng.random() < 0.4 else ""
        present = [name for name in by if rng.random() < (0.5 if name == "物业公司" else 0.8)]
        stage = ("提出议题", "形成方案", "落实反馈")[min(2, i // 11)]
        where = f"第{i // 3 + 1}次议事会"
        row = [f"{topics[i % 7]}（{i // 7 + 1}）", where, raised, str(rng.choice(by))]
        row += ["、".join(present) or by[2], stage, agreed, due, done, told, declined]
        rows.append([*row, "协作", "协作" if done else "征询"])
    head += ["反馈日", "不采纳原因", "承诺层次", "实际层次"]
    write_sheet(folder / "议事协商记录.xlsx", [head, *[r for r in rows if r[2] <= END]])


DOMAINS = {
    "环境支持": (3.6, 0.5),
    "资金稳定": (2.6, -0.1),
    "伙伴关系": (3.2, 0.5),
    "组织能力": (3.1, 0.1),
    "项目评估": (2.8, 0.7),
    "项目调整": (3.4, 0.4),
    "沟通传播": (3.5, 0.6),
    "战略规划": (2.9, 0.1),
}


def write_capacity(folder: Path, rng: np.random.Generator) -> None:
    """Write self-assessments (1–7) of volunteers and social workers, before and after."""
    rows: list[list[object]] = [["评分人", "群体", "轮次", "领域", "评分"]]
    for group, n in (("社区组织", 11), ("社工", 5)):
        for r in range(n):
            habit = rng.normal(0, 0.5)
            for wave in ("前测", "后测"):
                for domain, (level, gain) in DOMAINS.items():
                    raw = level + (gain if wave == "后测" else 0) + habit + rng.normal(0, 0.7)
                    score = int(np.clip(round(raw + (0.6 if group == "社工" else 0)), 1, 7))
                    rows.append([f"{group}{r + 1}", group, wave, domain, score])
    write_sheet(folder / "能力自评.xlsx", rows)


def write_strengths(folder: Path) -> None:
    """Write the inventory of strengths by wave."""
    before = {
        "人员": ("退休医生一名", "水电工两名", "舞蹈队"),
        "场地": ("老年活动室", "小广场"),
        "设备": ("抽水泵", "扩音器"),
        "伙伴": ("物业公司", "社区卫生站"),
    }
    after = {
        "人员": ("退休医生一名", "水电工两名", "急救员八名", "楼栋信息员十四名"),
        "场地": ("老年活动室", "小广场", "应急物资仓库"),
        "设备": ("抽水泵", "应急灯二十盏"),
        "伙伴": ("社区卫生站", "消防站", "小学"),
        "积蓄": ("社区防灾基金",),
    }
    rows: list[list[object]] = [["资源", "类别", "轮次"]]
    for wave, found in (("前测", before), ("后测", after)):
        rows += [[name, kind, wave] for kind, names in found.items() for name in names]
    write_sheet(folder / "社区资源清单.xlsx", rows)


def write_truth(folder: Path) -> None:
    """Write the true effects in score points."""
    lines = ["# True effects of the simulation in score points; written by simulate.py."]
    for name, values in true_effects().items():
        lines += ["", f"[{name}]", *(f"{key} = {value:.4f}" for key, value in values.items())]
    (folder / "truth.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    """Write every file of the sample into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    panel, codes = write_surveys(folder, rng)
    write_activities(folder, rng, panel, codes)
    write_volunteers(folder, rng)
    write_ledger(folder, rng)
    write_consultation(folder, rng)
    write_capacity(folder, rng)
    write_strengths(folder)
    write_truth(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)

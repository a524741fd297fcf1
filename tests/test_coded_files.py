"""The command line reads people as codes, as the wizard does; originals by asking only."""

import random
from pathlib import Path

import pytest

from analysis.plan import read_plan
from dashboard.cli import main

PEOPLE = (
    *("王小明", "李红梅", "赵建国", "陈桂英", "刘志强", "张丽华"),
    *("周晓东", "吴秀兰", "郑海燕", "孙国庆", "马文静", "胡立新"),
)
ITEMS = "我知道撤离路线,我家有应急包,我知道洪水预警,我会急救"


def wave(gain: int) -> str:
    rng = random.Random(gain)
    rows = []
    for k, name in enumerate(PEOPLE):
        answers = ",".join(str(min(5, rng.randint(1, 4) + gain)) for _ in range(4))
        rows.append(f"{name},1380013{8000 + k},{answers},谢谢{PEOPLE[k - 1]}")
    return "\n".join([f"姓名,手机号,{ITEMS},意见", *rows])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("LEVEE_KEYS", str(tmp_path / "keys"))
    folder = tmp_path / "study"
    folder.mkdir()
    paths = [folder / "前测.csv", folder / "王小明_后测.csv"]
    for gain, path in enumerate(paths):
        path.write_text(wave(gain), encoding="utf-8")
    return [str(path) for path in paths]


def people_in(*texts: str) -> set[str]:
    told = "".join(texts)
    return {one for one in (*PEOPLE, "13800138000", "13800138009") if one in told}


def everything(folder: Path) -> str:
    return "".join(p.read_text(encoding="utf-8", errors="replace") for p in folder.rglob("*.*"))


def test_nobody_is_in_what_is_proposed_evaluated_or_said(files, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["evaluate", *files, "-o", str(out), "--language", "en"]) == 0
    said = capsys.readouterr()
    assert "people stand as codes" in said.err
    assert "姓名 (names)" in said.err
    assert "--keep-originals" in said.err
    assert not people_in(everything(out), said.out, said.err)
    plan = read_plan(tmp_path / "study" / "study.toml")
    assert len(plan.survey.files) == 2  # the path of a file stays its path


def test_a_study_file_is_read_with_the_same_codes_and_keeps_originals_when_asked(
    files, tmp_path, capsys
):
    study, out = tmp_path / "study" / "study.toml", tmp_path / "out"
    assert main(["propose", *files, "-o", str(study), "--language", "en"]) == 0
    assert not people_in(capsys.readouterr().err)
    assert len(list((tmp_path / "keys").iterdir())) == 1
    assert main(["evaluate", str(study), "-o", str(out), "--format", "sav"]) == 0
    first = (out / "scores.sav").read_bytes()
    assert main(["evaluate", str(study), "-o", str(out), "--format", "sav"]) == 0
    assert not people_in(first.decode("utf-8", "replace"))
    assert len(list((tmp_path / "keys").iterdir())) == 1
    capsys.readouterr()
    kept = ["evaluate", str(study), "-o", str(out), "--format", "sav", "--keep-originals"]
    assert main(kept) == 0
    assert people_in((out / "scores.sav").read_bytes().decode("utf-8", "replace"))
    assert "stand as codes" not in capsys.readouterr().err


def test_files_without_people_need_no_key(tmp_path, monkeypatch):
    monkeypatch.setenv("LEVEE_KEYS", str(tmp_path / "keys"))
    (tmp_path / "a.csv").write_text(
        "\n".join(["code,q1,q2,q3", *(f"P{k},{k % 5},{k % 3},{k % 4}" for k in range(30))])
    )
    main(["propose", str(tmp_path / "a.csv"), "-o", str(tmp_path / "study.toml")])
    assert not (tmp_path / "keys").exists()

import pytest

from analysis.intake.check.personal import find_personal, is_id_card, pseudonym


@pytest.mark.parametrize(
    ("header", "values", "kind"),
    [
        ("q7", ["138 0013 8000", "+86 139-0013-8001"], "phone"),
        ("q8", ["someone@example.org"], "email"),
        ("来自IP", ["58.19.0.1(湖北-孝感)"], "ip"),
        ("2、您的姓名", ["甲", "乙"], "name"),
        ("x", ["湖北省孝感市某某路12号"], "address"),
        ("微信号", ["abc_123"], "wechat"),
        ("Age", ["45", "32"], None),
        ("I know the nearest evacuation route", ["Agree"], None),
    ],
)
def test_forms_and_headers(header, values, kind):
    assert find_personal(header, values) == kind


def test_checksum_of_the_identity_number():
    assert is_id_card("11010519491231002X")
    assert not is_id_card("110105194912310021")


def test_pseudonyms_match_across_spellings_and_differ_by_study():
    assert pseudonym(" b001", b"key") == pseudonym("Ｂ００１", b"key")
    assert pseudonym("B001", b"key") != pseudonym("B001", b"other")

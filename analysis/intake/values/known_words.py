"""Words by which headers, ticks, waves and totals are known, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.plan import TABLES


def split_words(text: str) -> tuple[str, ...]:
    """Split words parted by ``|``."""
    return tuple(word.strip() for word in text.split("|") if word.strip())


WAVE_WORDS: Mapping[str, tuple[str, ...]] = {
    "pre": split_words(
        "pre|pretest|pre-test|pre test|presurvey|pre-survey|pre survey|pre-intervention|before"
        "|baseline|base-line|base line|bl|intake|entry|start|t0|wave0|round0|initial|前测|前测问卷"
        "|基线|基线调查|干预前|培训前|活动前|初测|前期|前|项目前|服务前|基期|期初|参加前|课前"
    ),
    "post": split_words(
        "post|posttest|post-test|post test|postsurvey|post-survey|post survey|post-intervention"
        "|after|endline|end-line|end line|el|exit|end|final|后测|后测问卷|终期|末期|终线|干预后"
        "|培训后|活动后|后期|后|项目后|服务后|期末|参加后|课后|结项"
    ),
    "follow_up": split_words(
        "followup|follow-up|follow_up|follow up|fu|追踪|追踪调查|随访|跟踪|跟踪调查|追测|回访"
    ),
    "mid": split_words("mid|midline|mid-line|midterm|mid-term|中期|中测|期中"),
}
STATUS_COLUMNS = split_words("Status|ReviewState|_validation_status|状态|答卷状态")
STARTED = split_words(
    "start|StartDate|startdate|starttime|开始时间|开始答题时间|time_start|Start time|Start Date"
    "|Date started"
)
FINISHED = split_words(
    "end|EndDate|submitdate|SubmissionDate|提交答卷时间|结束答题时间|完成时间|提交时间"
    "|_submission_time|Timestamp|时间戳记|时间戳|RecordedDate|datestamp|time_end|Completion time"
    "|End Date|Date submitted"
)
DURATION = split_words(
    "所用时间|答题时长|duration|interviewtime|dur|Duration (in seconds)|Total time|用时"
)
TICKS = frozenset(split_words("1|x|y|yes|√|✓|✔|v|●|○|是|到|参加|出席|true|o|p"))
INCOME = frozenset(split_words("income|in|credit|received|receipt|收入|收|进|贷|入账|+"))
EXPENSE = frozenset(
    split_words("expense|out|debit|paid|spent|payment|expenditure|支出|支|付|出|借|-")
)
TOTALS = frozenset(
    split_words(
        "合计|总计|小计|累计|共计|本月合计|本年累计|本月小计|total|totals|subtotal|sub-total|sum"
        "|grandtotal"
    )
)
COUNTS = frozenset(
    split_words(
        "n|count|counts|number|number of people|people|respondents|responses|freq|frequency"
        "|人数|频数|次数|计数|小计|数量|人次|回答人数|选择人数"
    )
)
PERCENTS = split_words("%|％|percent|percentage|per cent|share|百分比|比例|占比|百分率")
ANSWERS = frozenset(
    split_words(
        "answer|answers|response|response option|option|options|answer option"
        "|答案|选项|回答|作答|答案选项"
    )
)
QUESTIONS = frozenset(
    split_words(
        "question|questions|item|items|statement|statements|question text|indicator"
        "|题目|问题|题干|题目选项|条目|陈述|问题内容|题目内容"
    )
)
"""Headers of the column that says which question a row of a table of counts is about."""
RATINGS = frozenset(split_words("rating|score|level|评分|得分|分值|等级"))
"""Headers of answers where these are numbers of a scale."""
BALANCES = split_words("balance|running balance|balance after|余额|结余|账户余额|本次余额")
"""Headers of a ledger's running balance."""
CURRENCY_HEADERS = frozenset(
    split_words("currency|currencycode|currency code|币种|货币|货币单位|幣種|貨幣")
)
CURRENCIES = {
    **dict.fromkeys(split_words("人民币|元|人民币元|rmb|cny|yuan|renminbi|¥|￥"), "CNY"),
    **dict.fromkeys(split_words("美元|美金|us dollar|us dollars|us$|usd"), "USD"),
    **dict.fromkeys(split_words("欧元|歐元|euro|euros|€|eur"), "EUR"),
    **dict.fromkeys(split_words("英镑|英鎊|pound sterling|pounds|£|gbp"), "GBP"),
    **dict.fromkeys(split_words("港币|港元|港幣|hk dollar|hk$|hkd"), "HKD"),
    **dict.fromkeys(split_words("新台币|新臺幣|台币|nt$|twd"), "TWD"),
    **dict.fromkeys(split_words("澳门元|澳門元|葡币|mop"), "MOP"),
    **dict.fromkeys(split_words("日元|日圆|yen|jpy"), "JPY"),
}
BLANKS = frozenset(split_words("-|--|—|/|\\|n/a|na|无|none|null|nan"))
NOT_GIVEN = frozenset(split_words("na|n/a|nan|null|#n/a"))
"""What programs write for a blank cell: no answer, whatever the question is."""
SERVING = frozenset(split_words("在岗|至今|现任|在职|服务中|active|current|serving|present"))
_YES = split_words(
    "present|attended|confirmed|restricted|recurring|done|came|joined|p|x|到场|出席|已到|签到|已签到"
    "|参加|已参加|到|已完成|限定|限定性|定期|持续|经常性|已报名|报名|邀请|已邀请"
    "|已反馈|反馈|reported back"
)
_NO = split_words(
    "absent|unrestricted|once|one-off|missed|a|cancelled|缺席|未到|未签到|未参加|没来|请假|缺勤"
    "|非限定|非限定性|一次性|未报名|未邀请|未完成|未反馈"
    "|not reported back"
)
FLAG_WORDS: Mapping[str, float] = {**dict.fromkeys(_YES, 1.0), **dict.fromkeys(_NO, 0.0)}
HELD: Mapping[str, tuple[str, ...]] = {
    "held": split_words(
        "held|done|completed|已完成|完成|已举行|举行|已举办|举办|已开展|如期|如期举办"
    ),
    "moved": split_words("moved|postponed|rescheduled|delayed|改期|延期|推迟|改期举办"),
    "cancelled": split_words("cancelled|canceled|not held|取消|已取消|未开展|未举办|未举行"),
    "pending": split_words("pending|planned|计划中|未开始|待开展|待定"),
}
ISSUE_STATUS: Mapping[str, tuple[str, ...]] = {
    "done": split_words(
        "done|completed|complete|closed|finished|resolved|implemented|已完成|完成|已办结|办结|已解决|解决"
        "|已落实|落实|已办理|已关闭"
    ),
    "open": split_words(
        "open|in progress|ongoing|started|not started|pending|agreed|waiting|on hold|delayed|进行中"
        "|办理中|推进中|落实中|处理中|未开始|未启动|待办|待办理|待落实|未完成|未落实|部分完成|暂缓|延期"
    ),
    "declined": split_words(
        "declined|rejected|refused|not adopted|dropped|不采纳|未采纳|不予采纳|驳回|否决|已否决"
        "|无法办理"
    ),
    "not_agreed": split_words(
        "not agreed|raised|under discussion|未议定|未同意|讨论中|待讨论|已提出"
    ),
}
"""Words of a consultation log for what became of an issue; what is started counts as agreed."""
DEMOGRAPHIC = split_words(
    "sex|gender|age|age group|age_group|agegroup|disability|education|income|occupation"
    "|job|position|marital status"
    "|ethnicity|race|religion|region|us region|country|district|community|village|building|site"
    "|group"
    "|arm|household size|language|school|grade|year of birth|birth year|tenure|employment|role"
    "|性别|年龄|年龄段|残疾|学历|教育程度|文化程度|收入|月收入|职业|婚姻|婚姻状况|民族|户籍|社区|小区|楼栋|居住年限"
    "|政治面貌|所在社区|家庭人口|居住地|地区|省份|城市|单位|职务|组别|群体|居住时间|常住人口"
)
DICTIONARY_SHEETS = frozenset(split_words("dictionary|说明"))
"""Sheets of the template that explain and hold no answers."""
_SURVEY = TABLES["survey"].columns
RESPONDENT = _SURVEY["respondent"].header_words
WAVE_HEADERS = _SURVEY["wave"].header_words
GROUP = _SURVEY["group"].header_words
SITE = _SURVEY["site"].header_words

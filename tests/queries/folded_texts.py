"""KQL that is folded in many ways, and rows that it is asked of."""

from __future__ import annotations

#: One column of each type, with an empty, an odd and a missing value among its rows.
TYPED = """let t = datatable(n: long, s: string, l: long, i: int, r: real, b: bool, d: datetime,
    z: timespan, j: dynamic)[
  1, "a", 5, 5, 1.5, true, datetime(2026-01-02T03:04:05.678Z), 1d, dynamic({"a": 1, "b": ["x"]}),
  2, "", 0, 0, 0.0, false, datetime(0001-01-01), 0s, dynamic([]),
  3, "[1]", -7, -7, real(nan), true, datetime(9999-12-31), 3h, dynamic([1, "A", null]),
  4, "A", long(null), int(null), real(null), bool(null), datetime(null), timespan(null),
     dynamic(null),
  5, "2026-01-02", 1, 1, 1e300, false, datetime(2026-01-02), 5m, dynamic("text"),
  6, "true", 2, 2, -0.5, true, datetime(1970-01-01), 90061s, dynamic(17)];
"""
_EVENTS = "let e = SecurityIoTRawEvent | extend d = parse_json(tostring(EventDetails)) | extend"
WHOLE = (
    "t | where s in~ ('a', 'TRUE') and not(b)",
    "t | where s =~ 'A' or l between (0 .. 3)",
    "t | where s == 'a' | extend k = case(s == 'a', 1, s == 'b', 2, 3)",
    "t | where s has 'a' or s contains 'R' or s startswith 't' or s matches regex '^2'",
    "t | summarize count(), make_set(pack_array(s)), make_list(l), max(d), sum(r), any(b) by b",
    "t | summarize countif(b), sumif(l, b), dcount(s), arg_max(d, *), min(z)",
    "t | summarize x = max(tostring(j)) by s = tostring(j.a), m = bin(d, 1d)",
    "t | summarize c = count() by iff(isempty(s), 'none', gettype(j))",
    "t | summarize c = count() by gettype(l)",
    "t | mv-expand e = j | extend k = tostring(e), g = gettype(e)",
    "t | join kind=leftouter (t | project s, l2 = l) on s | project n, s, l2, k = coalesce(l2, 0)",
    "t | join kind=inner (t | where b | project n, q = j) on n | extend g = gettype(q)",
    "union t, (t | extend extra = tostring(j)) | extend g = gettype(extra), v = coalesce(extra, s)",
    "let u = t | extend k = parse_json(s); u | extend g = gettype(k), v = tostring(k)",
    "let top1 = toscalar(t | summarize max(s)); t | where s == top1 | project n, top1",
    "t | distinct s, b | order by s asc | project s, k = tostring(b)",
    "t | extend k = split(s, '') | mv-expand k to typeof(string) | where k != '' | project n, k",
    "t | order by d desc, n asc | take 3 | project n, d",
    "t | where isnotnull(todatetime(tostring(j))) or todatetime(s) > datetime(2020-01-01)",
    "range x from 1 to 3 step 1 | extend k = tostring(x), g = gettype(x)",
    "print a = tostring(dynamic({'x': 1})), b = gettype(1d), c = coalesce(bool(null), true)",
    "SecurityAlert | extend g = gettype(ConfidenceScore), k = tostring(IsIncident)",
    # Steps put together.
    "t | extend s = strcat(s, 'x') | extend k = s, s = strcat(s, 'y') | where s != 'y'",
    "t | extend v = strlen(s) | where v > 0 | extend w = v * v | summarize sum(w) by v",
    "t | extend k = n | where k > 1 | summarize c = count() by n = k % 2 | where c > 1",
    "t | extend k = 1 | summarize c = count() by k",
    "t | order by n asc | take 3 | where b | project n",
    "t | where b | order by n desc | project s, n | take 1",
    "t | summarize c = count() | extend d = c * 2 | project d",
    "let e = t | extend g = strcat(s, l); union (e | where s == 'a' | project g),"
    " (e | where n in (1, 3) | project n, g)",
    "let t2 = t | where b; t | join kind=leftouter t2 on n | join kind=inner t2 on n",
    "let s = 'A'; t | where s =~ s | project n",
    "let m = toscalar(t | where b | summarize max(n)); t | extend at = n == m | where at",
    "t | where s in ((t | where b | project s)) | project n",
    "t | join kind=leftsemi (t | where l > 0 | project n) on n | project s",
    # Columns that nobody reads.
    "union (t | project n, s), (t | project n, l, x = r) | project n",
    "union (t | project n, s), (t | project l) | summarize count() by s",
    "t | distinct s, b | summarize count() by b",
    "t | mv-expand e = j | project n",
    "t | summarize arg_max(l, *), c = count() by b | project b, s",
    "t | extend u = strcat(s, l) | summarize c = count()",
    "t | join kind=inner (t | project n, s, r) on n | project s1, r1",
    "t | project-away s | extend k = tostring(j.a) | project-away j | project k",
    # Several texts of one JSON value.
    "t | extend a = tostring(j.a), b2 = tostring(j.b), c = tostring(j.c) | project n, a, b2, c",
    "t | extend k = parse_json(s) | extend a = tostring(k.a), b2 = tostring(k.b.c) | where a != ''",
    "t | extend ['j texts'] = s | project a = tostring(j.a), b2 = tostring(j.b), ['j texts']",
    "print j = dynamic({'a': 1.10, 'b': 1e5, 'c': null, 'd': 'x\\ny', 'e': {'f': [1]}, 'g': true})"
    " | project tostring(j.a), tostring(j.b), tostring(j.c), tostring(j.d), tostring(j.e),"
    " tostring(j.e.f), tostring(j.g), tostring(j.z)",
    # What is asked of a type by its name, and lists that are written as JSON.
    "t | where gettype(j) == 'dictionary' or gettype(j) != 'array' | project n",
    "t | extend x = gettype(j) == 'null', y = gettype(j) == 'long', z = gettype(j) != 'array'",
    "t | summarize make_set(pack_array(j)), make_set(pack_array(s, r)) by b",
    "t | summarize make_set(iff(b, dynamic([]), pack_array(s))) by n % 2",
    "t | summarize make_set(iff(b, pack_array(tostring(j)), dynamic([])))",
    "t | join kind=leftouter (t | where b | project n, k = s) on n"
    " | summarize make_set(pack_array(k))",
    "t | extend k = todatetime(tostring(j.a)), m = todatetime(s), o = todatetime('')",
    "t | where s contains_cs 'A' or s contains_cs '%' or s contains_cs tostring(l) | project n",
    "print s = 'a%_\\\\b' | where s contains_cs '%_' and s contains_cs '\\\\b'",
    # What cannot be NULL, and what can.
    "t | extend k = strcat(s, '') | where k != '' and coalesce(k, 'x') != 'y' | project n, k",
    "t | extend k = coalesce(s, '') | extend m = coalesce(k, s, 'z') | project n, k, m",
    "t | where isnotnull(l) and l > 0"
    " | extend k = coalesce(l, 7), m = not(l == 5) | project n, k, m",
    "t | join kind=leftouter (t | where b | project n, k = strcat(s, '')) on n"
    " | extend m = coalesce(k, 'none'), o = k == 'a' | project n, k, m, o",
    "t | summarize top1 = max(n), low = min(l), c = count() by b | extend k = coalesce(top1, 0),"
    " m = coalesce(low, 9), o = not(c > 2)",
    "t | summarize top1 = max(l), x = sum(r) | extend k = coalesce(top1, 0), m = coalesce(x, 1.0)",
    "t | where s in ('nobody', 'none') | summarize x = sum(l), m = max(n), c = count()",
    "t | extend k = tostring(j.a) | where k != '' or not(k in ('', '1')) | project n, k",
    "t | extend k = tostring(j.a) | where not(k == 'x') and k !in ('', 'y') | project n",
    "t | extend k = case(s == 'a', 'one', b, tostring(j.a), '') | where k == 'one' | project n",
    "t | extend u = iff(b, s, tostring(j.a))"
    " | summarize arg_max(n, u, l) by u2 = u | project u2, l",
    "t | summarize arg_max(d, s, l) by b | extend k = coalesce(s, 'none')",
    "union (t | project k = strcat(s, ''), n), (t | project n) | extend m = coalesce(k, 'none')",
    "union (t | project k = strcat(s, '')), (t | project k = tostring(j.a)) | where k != ''",
    "let k = toscalar(t | where n > 99 | project s); t | extend m = s == k, o = coalesce(k, 'x')",
    "t | mv-expand e = j | extend k = strcat(tostring(e), '') | where k != '' | project n, k",
    "t | extend k = strcat(s, '') | where n > 99"
    " | summarize m = max(k) | extend o = coalesce(m, 'x')",
    "t | extend k = strcat(s, '') | summarize m = sumif(n, n > 4) by b | extend o = coalesce(m, 9)",
    "t | where l > 0 or s == 'A' | extend k = coalesce(l, 7), m = not(l == 5) | project n, k, m",
    "t | extend k = todouble(strcat(s, '')), m = todatetime(strcat(s, ''))"
    " | extend o = coalesce(k, 1.5), p = coalesce(m, datetime(2020-01-01)) | project n, o, p",
    "t | where tostring(j.a) in ('', '1') | project n",
    "t | where tostring(j.a) == '' | project n",
    "t | where tostring(j.a) != '1' | project n",
    # What a name stands for, once or more often.
    "t | extend k = toint(s), m = tolong(r * 2), o = todouble(tostring(l)) | where m > k or o > 1",
    "t | extend k = strcat_array(split(s, ''), '-'), m = strcat_array(j, '+')",
    "t | summarize k = make_list(s), m = make_set(pack_array(s)) by b"
    " | extend o = strcat_array(k, ';')",
    "t | summarize k = make_list(l) by b | extend o = strcat_array(k, ';')",
    "t | summarize make_set(iff(l > 0, pack_array(s), dynamic([]))), c = count() by b",
    "t | summarize make_set(iff(l > 0, dynamic([]), pack_array(tostring(j)))) by b",
    # Rows of the evidence.
    "SecurityIoTRawEvent | where RawEventName in ('Login', 'ProcessCreate') | summarize count()",
    "SecurityIoTRawEvent | where RawEventName !in ('Login', 'ProcessCreate') | summarize count()",
    "SecurityIoTRawEvent | where RawEventName in ('\U0001f600', '\uffff') | count",
    "SecurityIoTRawEvent | extend RawEventName = strcat('x', RawEventName)"
    " | where RawEventName in ('xLogin', 'xA') | count",
    "SecurityIoTRawEvent"
    " | where RawEventName in ('Login', 'z') or DeviceId == 'b' | project DeviceId",
    f"{_EVENTS} at = tostring(d.at), k = tostring(d.k);"
    " e | where k != '' | extend who = tostring(d.who), what = tostring(d.what)"
    " | where who != 'x' | extend last1 = tostring(d.at)"
    " | project DeviceId, at, k, who, what, last1",
    f"{_EVENTS} at = tostring(d.at), k = tostring(d.k)"
    " | where gettype(d) != 'dictionary' or k == '';"
    " let f = e | extend who = tostring(d.who), what = tostring(d.what);"
    " union (f | project DeviceId, who, what), (e | project DeviceId, who = tostring(d.who), k)",
    f"{_EVENTS} at = tostring(d.at), k = tostring(d.k), x = parse_json(tostring(d.more));"
    " e | extend d2 = d | extend a = tostring(d2.who), b = tostring(d2.what), c = tostring(x.a),"
    " g = tostring(x.b) | extend d = parse_json(k) | extend o = tostring(d.who), p = tostring(d.a)"
    " | project DeviceId, at, a, b, c, g, o, p",
    "let e = SecurityIoTRawEvent | extend d = parse_json(tostring(EventDetails))"
    " | summarize d = take_any(d), c = count(), at = min(tostring(d.at)) by k = tostring(d.k);"
    " e | extend who = tostring(d.who), what = tostring(d.what)",
    f"{_EVENTS} at = tostring(d.at), k = tostring(d.k) | project DeviceId, d, at, k;"
    " union e, (e | extend who = tostring(d.who), what = tostring(d.what) | project-away d)",
    f"{_EVENTS} at = tostring(d.at), k = tostring(d.k) | where at != k;"
    " e | summarize c = count() by d | extend who = tostring(d.who), what = tostring(d.what)",
    f"{_EVENTS} at = tostring(d.at), k = tostring(d.k) | extend d2 = d | extend d = parse_json(k);"
    " e | extend a = tostring(d2.who), b = tostring(d2.what)"
    " | extend o = tostring(d.who), p = tostring(d.a) | project DeviceId, at, a, b, o, p",
)
#: Of hostile devices: what is no JSON, what is no object, and names that sort oddly.
DETAILS = (
    '{"at": "2026-01-02", "k": "k1", "who": "x", "what": null}',
    '  {"at": 5, "k": "", "who": "y", "what": [1, "b"]}',
    '{"k": "k1", "who": "y", "more": {"a": "1", "b": {"c": 2}}, "at": "2026-01-03"}',
    '{"k": "{\\"who\\": \\"deep\\", \\"a\\": 1}", "more": "{\\"a\\": 3}"}',
    "[1, 2]",
    '"text"',
    "null",
    "{",
    "",
    "{'k': 1}",
)
NAMES = ("Login", "ProcessCreate", "Process", "", "\U0001f600", "\uffff", "~")

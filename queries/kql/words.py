"""Words that the offline engine and the service both know; what only one knows is not offered."""

from __future__ import annotations

OPERATORS = (
    *("where", "extend", "project", "summarize", "order by", "take", "count", "distinct", "top"),
    *("join", "lookup", "union", "mv-expand", "parse", "parse-where", "project-away"),
    *("project-rename", "sort by", "limit", "getschema"),
)
#: What a statement may begin with, beside a table.
BEGINNINGS = ("let", "union", "print", "datatable", "range")
COMPARISONS = (
    *("has", "!has", "has_cs", "has_any", "has_all", "contains", "!contains", "contains_cs"),
    *("startswith", "!startswith", "endswith", "!endswith", "hasprefix", "hassuffix"),
    *("in", "!in", "in~", "between", "matches regex", "and", "or", "by", "asc", "desc"),
    *("on", "kind", "with"),
)
SCALARS = (
    *("abs", "ago", "array_concat", "array_index_of", "array_length", "array_slice"),
    *("array_sort_asc", "array_sort_desc", "array_sum", "bag_pack", "base64_decode_tostring"),
    *("base64_encode_tostring", "bin", "binary_and", "binary_or", "binary_xor", "case", "ceiling"),
    *("coalesce", "countof", "datetime_add", "datetime_diff", "datetime_part", "dayofmonth"),
    *("dayofweek", "dayofyear", "endofday", "exp", "extract", "extract_all", "floor"),
    *("format_datetime", "getmonth", "gettype", "getyear", "hash_md5", "hash_sha1", "hash_sha256"),
    *("hourofday", "iff", "indexof", "isempty", "isfinite", "isnan", "isnotempty", "isnotnull"),
    *("isnull", "log", "log10", "log2", "make_datetime", "make_timespan", "materialize"),
    *("max_of", "min_of", "monthofyear", "not", "pack_array", "parse_ipv4", "parse_ipv6"),
    *("parse_json", "parse_url", "pow", "replace_regex", "replace_string", "reverse", "round"),
    *("set_has_element", "sign", "split", "sqrt", "startofday", "startofmonth", "startofweek"),
    *("startofyear", "strcat", "strcat_array", "strcat_delim", "strlen", "strrep", "substring"),
    *("tobool", "todatetime", "todouble", "todynamic", "toguid", "toint", "tolong", "tolower"),
    *("toreal", "toscalar", "tostring", "totimespan", "toupper", "trim", "trim_end"),
    *("trim_start", "week_of_year", "zip"),
)
AGGREGATES = (
    *("arg_max", "arg_min", "avg", "avgif", "count", "countif", "dcount", "dcountif", "make_list"),
    *("make_set", "max", "min", "percentile", "stdev", "stdevif", "sum", "sumif", "take_any"),
    *("variance", "varianceif"),
)

"""The oracle of the questions beyond the guide's five, on rows whose answers are plain to see."""

from __future__ import annotations

from typing import Any

import pytest

from .hand import ask, clock, raw

SSHD = "/usr/sbin/sshd"
ANN = {"UserName": "ann", "RemoteAddress": "203.0.113.5", "Executable": SSHD, "ProcessId": 7}


def sign_in(when: str, result: str = "Success", **members: Any) -> dict[str, Any]:
    return raw("Login", when, {**ANN, "Result": result, **members})


def run(when: str, command: str, user_id: str = "1000") -> dict[str, Any]:
    program = command.split(maxsplit=1)[0]
    details = {"Executable": program, "CommandLine": command, "UserId": user_id}
    return raw("ProcessCreate", when, details)


KNOWN = raw("LocalUsers", "08:00:00", {"UserId": "1000", "UserName": "ann", "GroupNames": "x"})


def test_a_session_without_an_end_ends_with_its_last_command() -> None:
    rows = (sign_in("09:00:00"), run("08:59:59", "early"), run("09:05:00", "id"), KNOWN)
    (session,) = ask("sessions", *rows)
    assert (session["Ended"], session["EndKnownBy"]) == (clock("09:05:00"), "last command")
    assert session["CommandLines"] == ["id"]


def test_a_session_ends_with_the_sign_out_else_with_the_next_sign_in() -> None:
    out = {"Operation": "Logout"}
    rows = (sign_in("09:00:00"), sign_in("10:00:00", ProcessId=8), KNOWN)
    first, second = ask("sessions", *rows, run("11:00:00", "id"))
    assert (first["Ended"], first["EndKnownBy"]) == (clock("10:00:00"), "next sign-in")
    assert second["CommandLines"] == ["id"]
    rows = (*rows, sign_in("09:30:00", "", **out), run("09:30:01", "w"))
    first, second = ask("sessions", *rows)
    assert (first["Ended"], first["EndKnownBy"]) == (clock("09:30:00"), "sign-out")
    assert (first["CommandLines"], second["EndKnownBy"]) == ([], "not seen")


def test_what_root_ran_is_told_from_where_rights_were_raised() -> None:
    rows = (sign_in("09:00:00"), run("09:01:00", "/usr/bin/sudo sh"), KNOWN)
    (session,) = ask("sessions", *rows, run("09:00:30", "a", "0"), run("09:02:00", "b", "0"))
    assert session["FirstRaised"] == clock("09:01:00")
    assert session["RootCommandLines"] == ["b"]
    assert session["CommandLines"] == ["/usr/bin/sudo sh"]


def test_who_got_in_after_failing_comes_first() -> None:
    many = [sign_in(f"09:00:{n:02d}", "Fail", RemoteAddress="192.0.2.1") for n in range(30)]
    rows = ask("bruteforce", *many, sign_in("09:00:00", "Fail"), sign_in("09:01:00"))
    assert [(row["RemoteAddress"], row["Succeeded"]) for row in rows] == [
        ("203.0.113.5", True),
        ("192.0.2.1", False),
    ]
    assert (rows[0]["SucceededAs"], rows[0]["SucceededAt"]) == (["ann"], clock("09:01:00"))
    assert rows[1]["Failures"] == 30


def test_a_success_before_the_failures_is_no_break_in() -> None:
    (row,) = ask("bruteforce", sign_in("09:00:00"), sign_in("09:01:00", "Fail"))
    assert not row["Succeeded"]


def test_the_callers_own_port_makes_no_row_of_its_own() -> None:
    call = {"Direction": "In", "RemoteAddress": "192.0.2.1", "Protocol": "tcp", "LocalPort": "22"}
    rows = [raw("ConnectionCreate", f"09:00:0{n}", {**call, "RemotePort": n}) for n in range(1, 9)]
    (row,) = ask("connections", *rows)
    assert (row["CntConnections"], row["RemotePort"], row["LocalPort"]) == (8, "", "22")
    assert row["BytesIn"] is None


LISTENER = {"Protocol": "tcp", "LocalAddress": "0.0.0.0", "LocalPort": "22", "RemotePort": "*"}
TO_22 = {"Protocol": "tcp", "DestinationPort": "22"}
INSIDE = {**TO_22, "SourceAddress": "10.0.0.0/8"}


@pytest.mark.parametrize(
    ("rules", "reached_by"),
    [
        ([], "no rule seen"),
        ([("Allow", TO_22)], "anyone"),
        ([("Allow", {"DestinationPort": "20-25,80"})], "anyone"),
        ([("Allow", {"DestinationPort": "80"}), ("Deny", {})], "nobody"),
        ([("Deny", {}), ("Allow", TO_22)], "nobody"),
        ([("Allow", INSIDE)], "at least some addresses"),
        ([("Allow", INSIDE), ("Deny", {})], "some addresses"),
        ([("Deny", INSIDE), ("Allow", {})], "all but some addresses"),
        ([("Other", TO_22), ("Deny", {})], "unclear"),
        ([("Allow", {**TO_22, "Protocol": "udp"})], "no rule seen"),
        ([("Allow", {**TO_22, "Enabled": False})], "no rule seen"),
        ([("Allow", {**TO_22, "Direction": "Out"})], "no rule seen"),
    ],
)
def test_who_reaches_a_listener_follows_from_the_first_rules(
    rules: list[tuple[str, dict[str, Any]]], reached_by: str
) -> None:
    inbound = {"ChainName": "INPUT", "Direction": "In", "Enabled": True}
    told = [
        raw("FirewallConfiguration", "09:00:00", {**inbound, "Priority": n, "Action": does, **rule})
        for n, (does, rule) in enumerate(rules, 1)
    ]
    seen = told or [raw("FirewallConfiguration", "09:00:00", IsEmpty=True)]
    rows = ask("firewall", *seen, raw("ListeningPorts", "09:00:00", LISTENER))
    (listener,) = [row for row in rows if row["Kind"] == "listener"]
    assert listener["ReachedBy"] == reached_by


def test_without_any_firewall_nothing_is_said_of_listeners() -> None:
    assert ask("firewall", raw("ListeningPorts", "09:00:00", LISTENER)) == []


def test_a_value_holds_since_it_last_was_another() -> None:
    names = (("08", "a"), ("09", "b"), ("10", "a"), ("11", "a"))
    rows = [raw("SystemInformation", f"{hour}:00:00", {"HostName": name}) for hour, name in names]
    (row,) = ask("system", *rows)
    assert (row["Value"], row["Since"], row["EarlierValues"]) == ("a", clock("10:00:00"), ["b"])


def test_only_what_fails_in_the_newest_run_is_told_and_since_when() -> None:
    def check(hour: str, number: str, result: str) -> dict[str, Any]:
        details = {"EventId": hour, "CceId": number, "Result": result}
        return raw("OSBaseline", f"{hour}:00:00", details)

    rows = (check("08", "1", "FAIL"), check("08", "2", "FAIL"), check("09", "1", "FAIL"))
    (row,) = ask("baseline", *rows, check("09", "3", "SKIP"))
    assert (row["CheckId"], row["FirstObserved"]) == ("1", clock("08:00:00"))


def test_three_hours_without_a_word_are_silence() -> None:
    rows = ask("health", raw("X", "02:00:00"), raw("X", "04:59:59"), raw("X", "08:00:00"))
    told = [(row["What"], row["Minutes"]) for row in rows if row["Signal"] == "silence"]
    assert told == [("after 2026-03-02T04:59:59", 180), ("after 2026-03-02T08:00:00", 960)]


def test_the_story_has_new_users_and_listeners_once() -> None:
    rows = [KNOWN, raw("ListeningPorts", "08:00:00", {**LISTENER, "LocalPort": "80"})]
    for hour in ("09", "10"):
        added = {"UserId": "0", "UserName": "eve", "GroupNames": "root"}
        rows += [raw("LocalUsers", f"{hour}:00:00", added), {**KNOWN}]
        rows += [raw("ListeningPorts", f"{hour}:00:00", LISTENER)]
    told = [(row["Kind"], row["What"], row["Time"]) for row in ask("story", *rows)]
    assert told == [
        ("new listener", "tcp 0.0.0.0:22", clock("09:00:00")),
        ("user added", "eve", clock("09:00:00")),
        ("user gone", "ann", clock("09:00:00")),
    ]

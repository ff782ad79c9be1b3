"""The plant: its devices, and what each kind of them runs, opens and calls on an ordinary day."""
# ruff: noqa: S104 - the addresses are what agents report, nothing is bound to them

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Agent(Enum):
    """Which agent reports: the two legacy ones word the same event differently."""

    C = "legacy C"
    CSHARP = "legacy C#"
    MICRO = "micro"


@dataclass(frozen=True, slots=True)
class Device:
    """One device of the hub."""

    name: str
    kind: str
    agent: Agent
    address: str
    windows: bool = False
    table: str = "SecurityIoTRawEvent"


@dataclass(frozen=True, slots=True)
class Kind:
    """What all devices of a kind have in common.

    Attributes:
        processes: executable, command line, user id, runs an hour.
        listeners: protocol, local address, local port.
        peers: executable, direction (In or Out), remote address, remote port, local port,
            connections an hour.
        service: name of the account the product runs as, user id 998.
        model: hardware vendor and model.
        memory: KB.
    """

    processes: tuple[tuple[str, str, str, float], ...]
    listeners: tuple[tuple[str, str, int], ...]
    peers: tuple[tuple[str, str, str, int, int, float], ...]
    service: str
    model: tuple[str, str]
    memory: int


HUB_ADDRESS = "192.0.2.10"
RECORDER = "10.20.9.5"
_SSH = ("tcp", "0.0.0.0", 22)
_NTP = ("/usr/sbin/ntpdate", "ntpdate -s ntp.example.net", "0", 0.5)
_CRON = ("/usr/sbin/cron", "/usr/sbin/CRON -f", "0", 4.0)
_ROTATION = ("/usr/sbin/logrotate", "/usr/sbin/logrotate /etc/logrotate.conf", "0", 0.2)
_TO_HUB = ("Out", HUB_ADDRESS, 8883, 40112, 1.0)

KINDS = {
    "camera": Kind(
        processes=(
            (
                "/usr/bin/ffmpeg",
                "ffmpeg -rtsp_transport tcp -i rtsp://127.0.0.1:8554/main -c copy -f segment"
                " /var/spool/cam/%03d.ts",
                "998",
                2.0,
            ),
            ("/usr/bin/python3", "python3 /opt/cam/health.py --once", "998", 12.0),
            (
                "/bin/sh",
                "/bin/sh -c find /var/spool/cam -name '*.ts' -mmin +90 | xargs -r rm -f",
                "0",
                1.0,
            ),
            ("/usr/bin/curl", "curl -fsS http://10.20.9.5/api/clock", "998", 0.6),
            ("/usr/bin/v4l2-ctl", "v4l2-ctl -d /dev/video0 -C exposure_auto", "998", 0.15),
            ("/bin/date", "date -u +%s", "998", 0.2),
            ("/usr/bin/df", "df -P /var/spool/cam", "998", 0.12),
            ("/usr/bin/logger", "logger -t cam-health 正常", "998", 0.12),
            ("/bin/run-parts", "run-parts --report /etc/cron.hourly", "0", 0.12),
            ("/sbin/ip", "ip -4 addr show dev eth0", "998", 0.1),
            ("/usr/sbin/dhclient", "dhclient -r eth0", "0", 0.1),
            ("/sbin/hwclock", "hwclock --systohc", "0", 0.08),
            _ROTATION,
            _CRON,
            _NTP,
        ),
        listeners=(_SSH, ("tcp", "0.0.0.0", 80), ("tcp", "0.0.0.0", 8554), ("udp", "0.0.0.0", 68)),
        peers=(
            ("/opt/cam/hubclient", *_TO_HUB),
            ("/opt/cam/rtspd", "In", RECORDER, 51820, 8554, 1.0),
        ),
        service="camsvc",
        model=("Halden Optics", "HX-4 dome"),
        memory=1_015_808,
    ),
    "gateway": Kind(
        processes=(
            (
                "/usr/bin/python3",
                "python3 /opt/gw/bridge.py --poll modbus --poll opcua",
                "998",
                6.0,
            ),
            ("/usr/bin/mosquitto_pub", "mosquitto_pub -t plant/7/alive -m 1", "998", 12.0),
            _ROTATION,
            _CRON,
            _NTP,
        ),
        listeners=(
            _SSH,
            ("tcp", "0.0.0.0", 443),
            ("tcp", "0.0.0.0", 502),
            ("tcp", "0.0.0.0", 1883),
            ("udp", "0.0.0.0", 161),
        ),
        peers=(
            ("/opt/gw/uplink", *_TO_HUB),
            ("/usr/sbin/mosquitto", "In", "10.20.7.31", 50612, 1883, 30.0),
        ),
        service="bridge",
        model=("Norrland Data", "Edge 210"),
        memory=4_048_896,
    ),
    "plc": Kind(
        processes=(
            ("/opt/plc/runtime", "/opt/plc/runtime --cycle 10ms --program line3.bin", "998", 0.1),
            ("/opt/plc/watch", "/opt/plc/watch --once", "998", 60.0),
            _CRON,
            _NTP,
        ),
        listeners=(_SSH, ("tcp", "0.0.0.0", 502), ("tcp", "0.0.0.0", 4840)),
        peers=(
            ("/opt/plc/hubclient", *_TO_HUB),
            ("/opt/plc/runtime", "In", "10.20.7.2", 49320, 502, 60.0),
        ),
        service="plc",
        model=("Brenner Steuerung", "SoftPLC 12"),
        memory=2_027_520,
    ),
    "hmi": Kind(
        processes=(
            ("/opt/hmi/panel", "/opt/hmi/panel --fullscreen --line 3", "998", 0.2),
            (
                "/usr/bin/python3",
                "python3 /opt/hmi/レシピ同期.py /opt/hmi/第3ライン.xml",
                "998",
                2.0,
            ),
            ("/usr/bin/scrot", "scrot -q 40 /var/lib/hmi/`date +%H`.png", "998", 1.0),
            _CRON,
        ),
        listeners=(_SSH, ("tcp", "127.0.0.1", 5900), ("tcp6", "::", 8080)),
        peers=(
            ("/opt/hmi/panel", "Out", "10.20.7.10", 4840, 41518, 20.0),
            ("/opt/hmi/hubclient", *_TO_HUB),
        ),
        service="hmi",
        model=("Kestrel Panels", "KP-15"),
        memory=3_932_160,
    ),
    "hmi-windows": Kind(
        processes=(
            ("C:\\Plant\\Panel.exe", '"C:\\Plant\\Panel.exe" /line 3', "S-1-5-21-7-1001", 0.2),
            ("C:\\Windows\\System32\\conhost.exe", "conhost.exe 0xffffffff", "S-1-5-18", 3.0),
            ("C:\\Windows\\System32\\svchost.exe", "svchost.exe -k netsvcs -p", "S-1-5-18", 2.0),
        ),
        listeners=(
            ("tcp", "0.0.0.0", 135),
            ("tcp", "0.0.0.0", 445),
            ("tcp", "0.0.0.0", 3389),
            ("tcp", "0.0.0.0", 5040),
        ),
        peers=(
            ("C:\\Plant\\Panel.exe", "Out", "10.20.7.10", 4840, 51518, 20.0),
            ("C:\\Plant\\HubClient.exe", *_TO_HUB),
        ),
        service="panel",
        model=("Kestrel Panels", "KP-21"),
        memory=8_257_536,
    ),
    "historian": Kind(
        processes=(
            ("/usr/lib/postgresql/bin/postgres", "postgres: autovacuum worker", "998", 20.0),
            ("/usr/bin/rsync", "rsync -a --delete /srv/hist/ 10.20.9.9:/srv/mirror/", "998", 1.0),
            ("/usr/bin/gzip", "gzip -9 /srv/hist/today.csv", "998", 0.1),
            _CRON,
        ),
        listeners=(_SSH, ("tcp", "0.0.0.0", 5432), ("tcp6", "::", 443)),
        peers=(
            ("/opt/hist/hubclient", *_TO_HUB),
            ("/usr/lib/postgresql/bin/postgres", "In", "10.20.4.22", 52110, 5432, 8.0),
        ),
        service="hist",
        model=("Norrland Data", "Rack 1U"),
        memory=16_384_000,
    ),
    "sensor": Kind(
        processes=(
            ("/usr/bin/sensord", "sensord --sample 30s --unit °C", "998", 0.2),
            ("/bin/busybox", "busybox ntpd -n -q -p ntp.example.net", "0", 1.0),
            ("/usr/bin/sensor-push", "sensor-push --batch 60", "998", 30.0),
        ),
        listeners=(_SSH, ("udp", "0.0.0.0", 5683)),
        peers=(("/usr/bin/sensor-push", *_TO_HUB),),
        service="sensor",
        model=("Aurigo Mess", "T-70"),
        memory=253_952,
    ),
    "edge": Kind(
        processes=(
            ("/usr/bin/dockerd", "dockerd -H unix:///var/run/docker.sock", "0", 0.1),
            ("/usr/bin/runc", "runc --root /run/runc state quality-check", "0", 20.0),
            ("/usr/bin/python3", "python3 /app/quality.py --model weld-7", "998", 2.0),
        ),
        listeners=(_SSH, ("tcp", "0.0.0.0", 443)),
        peers=(
            ("/usr/bin/edgehub", *_TO_HUB),
            ("/usr/bin/python3", "Out", RECORDER, 8554, 42110, 4.0),
        ),
        service="edge",
        model=("Norrland Data", "Edge 400"),
        memory=8_126_464,
    ),
}

_FLEET = (
    ("cam", "camera", Agent.C, (199, 203, 208, 214, 219, 223, 231, 236, 242, 250)),
    ("gw", "gateway", Agent.C, (3, 12, 16)),
    ("gw", "gateway", Agent.CSHARP, (7, 21, 28)),
    ("plc", "plc", Agent.C, (110, 111, 112, 118)),
    ("plc", "plc", Agent.MICRO, (120, 125)),
    ("hmi", "hmi-windows", Agent.CSHARP, (1, 2)),
    ("hmi", "hmi", Agent.CSHARP, (3, 4, 5)),
    ("hist", "historian", Agent.CSHARP, (1, 2)),
    ("sens", "sensor", Agent.C, (401,)),
    ("sens", "sensor", Agent.MICRO, (402, 403, 404, 405, 406, 407, 408, 409, 410)),
    ("edge", "edge", Agent.MICRO, (601, 602)),
)
_NETS = {"cam": 1, "gw": 2, "plc": 3, "hmi": 8, "hist": 9, "sens": 5, "edge": 6}


def _fleet() -> dict[str, Device]:
    devices: dict[str, Device] = {}
    for prefix, kind, agent, numbers in _FLEET:
        for number in numbers:
            name = f"{prefix}-{number:04d}"
            devices[name] = Device(
                name=name,
                kind=kind,
                agent=agent,
                address=f"10.30.{_NETS[prefix]}.{number % 200 + 10}",
                windows=kind == "hmi-windows",
                # The newest devices already report into the newer table.
                table="DefenderIoTRawEvent" if prefix == "edge" else "SecurityIoTRawEvent",
            )
    return devices


FLEET = _fleet()

#: Administrators: name, user id, the address of their desk.
ADMINS = (
    ("mei", "1101", "10.20.4.17"),
    ("tomas", "1102", "10.20.4.22"),
    ("adaeze", "1103", "10.20.6.5"),
)

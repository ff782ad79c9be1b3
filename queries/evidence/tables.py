"""The tables that evidence may hold, as Log Analytics publishes their columns."""

from __future__ import annotations

from collections.abc import Mapping

_RAW_EVENT = {
    "TenantId": "string",
    "SourceSystem": "string",
    "AgentVersion": "string",
    "AssociatedResourceId": "string",
    "AzureSubscriptionId": "string",
    "DeviceId": "string",
    "EventDetails": "string",
    "IoTRawEventId": "string",
    "IsEmpty": "bool",
    "RawEventCategory": "string",
    "RawEventName": "string",
    "RawEventType": "string",
    "TimeGenerated": "datetime",
    "TimeStamp": "datetime",
    "Type": "string",
}

_ALERT = {
    "TenantId": "string",
    "TimeGenerated": "datetime",
    "AlertLink": "string",
    "AlertName": "string",
    "AlertSeverity": "string",
    "AlertType": "string",
    "CompromisedEntity": "string",
    "ConfidenceLevel": "string",
    "ConfidenceScore": "real",
    "Description": "string",
    "DisplayName": "string",
    "EndTime": "datetime",
    "Entities": "string",
    "ExtendedLinks": "string",
    "ExtendedProperties": "string",
    "IsIncident": "bool",
    "ProcessingEndTime": "datetime",
    "ProductComponentName": "string",
    "ProductName": "string",
    "ProviderName": "string",
    "RemediationSteps": "string",
    "ResourceId": "string",
    "SourceComputerId": "string",
    "SourceSystem": "string",
    "StartTime": "datetime",
    "Status": "string",
    "SubTechniques": "string",
    "SystemAlertId": "string",
    "Tactics": "string",
    "Techniques": "string",
    "Type": "string",
    "VendorName": "string",
    "VendorOriginalId": "string",
    "WorkspaceResourceGroup": "string",
    "WorkspaceSubscriptionId": "string",
}

#: Table -> column -> Kusto type. EventDetails is text in one raw-event table and dynamic in the
#: other; here both hold its JSON text, which the questions read alike.
TABLES: Mapping[str, Mapping[str, str]] = {
    "SecurityAlert": _ALERT,
    "SecurityIoTRawEvent": _RAW_EVENT,
    "DefenderIoTRawEvent": _RAW_EVENT,
}

#: What sorting makes a device's questions fast.
SORTED_BY: Mapping[str, tuple[str, ...]] = {
    "SecurityAlert": ("TimeGenerated",),
    "SecurityIoTRawEvent": ("DeviceId", "RawEventName", "TimeGenerated"),
    "DefenderIoTRawEvent": ("DeviceId", "RawEventName", "TimeGenerated"),
}

SQL_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "datetime": "TIMESTAMP",
    "bool": "BOOLEAN",
    "real": "DOUBLE",
}


def table_of(columns: frozenset[str]) -> str | None:
    """Which table a row or file with these columns belongs to when nothing else says so."""
    if "RawEventName" in columns and "EventDetails" in columns:
        return "SecurityIoTRawEvent"
    if "AlertSeverity" in columns or "SystemAlertId" in columns:
        return "SecurityAlert"
    return None

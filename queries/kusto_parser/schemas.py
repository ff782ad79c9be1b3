"""The tables that the questions read, as Log Analytics declares them, with Kusto types."""

from __future__ import annotations

from .endpoint_schemas import endpoint_tables

Schema = dict[str, str]

# Columns that every Log Analytics table has in a result set.
_EVERY_TABLE: Schema = {
    "TenantId": "string",
    "SourceSystem": "string",
    "TimeGenerated": "datetime",
    "Type": "string",
    "_BilledSize": "real",
    "_IsBillable": "string",
}


def _raw_event(details: str) -> Schema:
    return {
        **_EVERY_TABLE,
        "AgentVersion": "string",
        "AssociatedResourceId": "string",
        "AzureSubscriptionId": "string",
        "DeviceId": "string",
        "EventDetails": details,
        "IoTRawEventId": "string",
        "IsEmpty": "bool",
        "RawEventCategory": "string",
        "RawEventName": "string",
        "RawEventType": "string",
        "TimeStamp": "datetime",
    }


TABLES: dict[str, Schema] = {
    "SecurityAlert": {
        **_EVERY_TABLE,
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
        "StartTime": "datetime",
        "Status": "string",
        "SubTechniques": "string",
        "SystemAlertId": "string",
        "Tactics": "string",
        "Techniques": "string",
        "VendorName": "string",
        "VendorOriginalId": "string",
        "WorkspaceResourceGroup": "string",
        "WorkspaceSubscriptionId": "string",
    },
    "SecurityIoTRawEvent": _raw_event("string"),
    "DefenderIoTRawEvent": _raw_event("dynamic"),
    "SecurityRecommendation": {
        **_EVERY_TABLE,
        "AssessedResourceId": "string",
        "Description": "string",
        "DeviceId": "string",
        "DiscoveredTimeUTC": "datetime",
        "Environment": "string",
        "FirstEvaluationDate": "datetime",
        "IsSnapshot": "bool",
        "PolicyDefinitionId": "string",
        "Properties": "dynamic",
        "ProviderName": "string",
        "RecommendationAdditionalData": "dynamic",
        "RecommendationDisplayName": "string",
        "RecommendationId": "string",
        "RecommendationName": "string",
        "RecommendationSeverity": "string",
        "RecommendationState": "string",
        "ResolvedTimeUTC": "datetime",
        "ResourceRegion": "string",
        "StatusChangeDate": "datetime",
    },
    **{table: _EVERY_TABLE | columns for table, columns in endpoint_tables().items()},
}

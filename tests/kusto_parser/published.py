"""The tables as Azure Monitor's reference publishes them: a witness that shares no line with ours.

Every table has the columns of EVERY as well; a column without a type is a string.
"""

from __future__ import annotations

EVERY = "TenantId SourceSystem TimeGenerated:datetime Type _BilledSize:real _IsBillable"

_RAW_EVENT = (
    "AgentVersion AssociatedResourceId AzureSubscriptionId DeviceId IoTRawEventId IsEmpty:bool"
    " RawEventCategory RawEventName RawEventType TimeStamp:datetime"
)

_ALIKE = "AdditionalFields:dynamic DeviceId DeviceName MachineGroup ReportId:long"

_PROCESS = (
    "AccountDomain AccountName AccountObjectId AccountSid AccountUpn CommandLine"
    " CreationTime:datetime FileName FileSize:long FolderPath Id:long IntegrityLevel MD5"
    " ParentCreationTime:datetime ParentFileName ParentId:long SHA1 SHA256 TokenElevation"
    " VersionInfoCompanyName VersionInfoFileDescription VersionInfoInternalFileName"
    " VersionInfoOriginalFileName VersionInfoProductName VersionInfoProductVersion"
)
_INITIATING = " ".join(f"InitiatingProcess{name}" for name in _PROCESS.split())
_EVENT = f"{_ALIKE} ActionType AppGuardContainerId {_INITIATING}"

COLUMNS = {
    "SecurityAlert": "AlertLink AlertName AlertSeverity AlertType CompromisedEntity ConfidenceLevel"
    " ConfidenceScore:real Description DisplayName EndTime:datetime Entities ExtendedLinks"
    " ExtendedProperties IsIncident:bool ProcessingEndTime:datetime ProductComponentName"
    " ProductName ProviderName RemediationSteps ResourceId SourceComputerId StartTime:datetime"
    " Status SubTechniques SystemAlertId Tactics Techniques VendorName VendorOriginalId"
    " WorkspaceResourceGroup WorkspaceSubscriptionId",
    "SecurityIoTRawEvent": f"{_RAW_EVENT} EventDetails",
    "DefenderIoTRawEvent": f"{_RAW_EVENT} EventDetails:dynamic",
    "SecurityRecommendation": "AssessedResourceId Description DeviceId DiscoveredTimeUTC:datetime"
    " Environment FirstEvaluationDate:datetime IsSnapshot:bool PolicyDefinitionId"
    " Properties:dynamic ProviderName RecommendationAdditionalData:dynamic"
    " RecommendationDisplayName RecommendationId RecommendationName RecommendationSeverity"
    " RecommendationState ResolvedTimeUTC:datetime ResourceRegion StatusChangeDate:datetime",
    "DeviceProcessEvents": f"{_EVENT} AccountDomain AccountName AccountObjectId AccountSid"
    " AccountUpn FileName FileSize:long FolderPath InitiatingProcessLogonId:long"
    " InitiatingProcessSignatureStatus InitiatingProcessSignerType LogonId:long MD5"
    " ProcessCommandLine ProcessCreationTime:datetime ProcessId:long ProcessIntegrityLevel"
    " ProcessTokenElevation ProcessVersionInfoCompanyName ProcessVersionInfoFileDescription"
    " ProcessVersionInfoInternalFileName ProcessVersionInfoOriginalFileName"
    " ProcessVersionInfoProductName ProcessVersionInfoProductVersion SHA1 SHA256",
    "DeviceLogonEvents": f"{_EVENT} AccountDomain AccountName AccountSid FailureReason"
    " InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP"
    " InitiatingProcessSessionId:long InitiatingProcessUniqueId"
    " IsInitiatingProcessRemoteSession:bool IsLocalAdmin:bool LogonId:long LogonType Protocol"
    " RemoteDeviceName RemoteIP RemoteIPType RemotePort:int",
    "DeviceNetworkEvents": f"{_EVENT} LocalIP LocalIPType LocalPort:int Protocol RemoteIP"
    " RemoteIPType RemotePort:int RemoteUrl",
    "DeviceInfo": f"{_ALIKE} AadDeviceId AssetValue AwsResourceName AzureResourceId AzureVmId"
    " AzureVmSubscriptionId ClientVersion CloudPlatforms DeviceCategory DeviceDynamicTags"
    " DeviceManualTags DeviceObjectId DeviceSubtype DeviceType ExclusionReason ExposureLevel"
    " GcpFullResourceName HardwareUuid HostDeviceId IsAzureADJoined:bool IsExcluded:bool"
    " IsInternetFacing:bool IsTransient:bool JoinType LoggedOnUsers:dynamic MergedDeviceIds"
    " MergedToDeviceId MitigationStatus Model OnboardingStatus OSArchitecture OSBuild:long"
    " OsBuildRevision OSDistribution OSPlatform OSVersion OSVersionInfo PublicIP"
    " RegistryDeviceTag RestrictedDeviceSecurityOperations SensorHealthState Vendor",
}


def published() -> dict[str, dict[str, str]]:
    """Table -> column -> Kusto type."""
    return {
        table: {
            name: kind or "string"
            for name, _, kind in (column.partition(":") for column in f"{EVERY} {columns}".split())
        }
        for table, columns in COLUMNS.items()
    }

"""The tables of Defender for Endpoint, as Log Analytics publishes their columns.

Dynamic columns are held as their JSON text; the questions read both alike.
"""

from __future__ import annotations

from collections.abc import Mapping

_EVERY = {
    "TenantId": "string",
    "SourceSystem": "string",
    "TimeGenerated": "datetime",
    "Type": "string",
    "DeviceId": "string",
    "DeviceName": "string",
    "MachineGroup": "string",
    "ReportId": "long",
    "AdditionalFields": "string",
}

_INITIATING = {
    "InitiatingProcessAccountDomain": "string",
    "InitiatingProcessAccountName": "string",
    "InitiatingProcessAccountObjectId": "string",
    "InitiatingProcessAccountSid": "string",
    "InitiatingProcessAccountUpn": "string",
    "InitiatingProcessCommandLine": "string",
    "InitiatingProcessCreationTime": "datetime",
    "InitiatingProcessFileName": "string",
    "InitiatingProcessFileSize": "long",
    "InitiatingProcessFolderPath": "string",
    "InitiatingProcessId": "long",
    "InitiatingProcessIntegrityLevel": "string",
    "InitiatingProcessMD5": "string",
    "InitiatingProcessParentCreationTime": "datetime",
    "InitiatingProcessParentFileName": "string",
    "InitiatingProcessParentId": "long",
    "InitiatingProcessSHA1": "string",
    "InitiatingProcessSHA256": "string",
    "InitiatingProcessTokenElevation": "string",
    "InitiatingProcessVersionInfoCompanyName": "string",
    "InitiatingProcessVersionInfoFileDescription": "string",
    "InitiatingProcessVersionInfoInternalFileName": "string",
    "InitiatingProcessVersionInfoOriginalFileName": "string",
    "InitiatingProcessVersionInfoProductName": "string",
    "InitiatingProcessVersionInfoProductVersion": "string",
}

_EVENT = {
    **_EVERY,
    "ActionType": "string",
    "AppGuardContainerId": "string",
    **_INITIATING,
}

_PROCESS = {
    **_EVENT,
    "AccountDomain": "string",
    "AccountName": "string",
    "AccountObjectId": "string",
    "AccountSid": "string",
    "AccountUpn": "string",
    "FileName": "string",
    "FileSize": "long",
    "FolderPath": "string",
    "InitiatingProcessLogonId": "long",
    "InitiatingProcessSignatureStatus": "string",
    "InitiatingProcessSignerType": "string",
    "LogonId": "long",
    "MD5": "string",
    "ProcessCommandLine": "string",
    "ProcessCreationTime": "datetime",
    "ProcessId": "long",
    "ProcessIntegrityLevel": "string",
    "ProcessTokenElevation": "string",
    "ProcessVersionInfoCompanyName": "string",
    "ProcessVersionInfoFileDescription": "string",
    "ProcessVersionInfoInternalFileName": "string",
    "ProcessVersionInfoOriginalFileName": "string",
    "ProcessVersionInfoProductName": "string",
    "ProcessVersionInfoProductVersion": "string",
    "SHA1": "string",
    "SHA256": "string",
}

_LOGON = {
    **_EVENT,
    "AccountDomain": "string",
    "AccountName": "string",
    "AccountSid": "string",
    "FailureReason": "string",
    "InitiatingProcessRemoteSessionDeviceName": "string",
    "InitiatingProcessRemoteSessionIP": "string",
    "InitiatingProcessSessionId": "long",
    "InitiatingProcessUniqueId": "string",
    "IsInitiatingProcessRemoteSession": "bool",
    "IsLocalAdmin": "bool",
    "LogonId": "long",
    "LogonType": "string",
    "Protocol": "string",
    "RemoteDeviceName": "string",
    "RemoteIP": "string",
    "RemoteIPType": "string",
    "RemotePort": "int",
}

_NETWORK = {
    **_EVENT,
    "LocalIP": "string",
    "LocalIPType": "string",
    "LocalPort": "int",
    "Protocol": "string",
    "RemoteIP": "string",
    "RemoteIPType": "string",
    "RemotePort": "int",
    "RemoteUrl": "string",
}

_INFO = {
    **_EVERY,
    "AadDeviceId": "string",
    "AssetValue": "string",
    "AwsResourceName": "string",
    "AzureResourceId": "string",
    "AzureVmId": "string",
    "AzureVmSubscriptionId": "string",
    "ClientVersion": "string",
    "CloudPlatforms": "string",
    "DeviceCategory": "string",
    "DeviceDynamicTags": "string",
    "DeviceManualTags": "string",
    "DeviceObjectId": "string",
    "DeviceSubtype": "string",
    "DeviceType": "string",
    "ExclusionReason": "string",
    "ExposureLevel": "string",
    "GcpFullResourceName": "string",
    "HardwareUuid": "string",
    "HostDeviceId": "string",
    "IsAzureADJoined": "bool",
    "IsExcluded": "bool",
    "IsInternetFacing": "bool",
    "IsTransient": "bool",
    "JoinType": "string",
    "LoggedOnUsers": "string",
    "MergedDeviceIds": "string",
    "MergedToDeviceId": "string",
    "MitigationStatus": "string",
    "Model": "string",
    "OnboardingStatus": "string",
    "OSArchitecture": "string",
    "OSBuild": "long",
    "OsBuildRevision": "string",
    "OSDistribution": "string",
    "OSPlatform": "string",
    "OSVersion": "string",
    "OSVersionInfo": "string",
    "PublicIP": "string",
    "RegistryDeviceTag": "string",
    "RestrictedDeviceSecurityOperations": "string",
    "SensorHealthState": "string",
    "Vendor": "string",
}

#: Table -> column -> Kusto type.
ENDPOINT_TABLES: Mapping[str, Mapping[str, str]] = {
    "DeviceProcessEvents": _PROCESS,
    "DeviceLogonEvents": _LOGON,
    "DeviceNetworkEvents": _NETWORK,
    "DeviceInfo": _INFO,
}

#: Columns whose text is JSON.
ENDPOINT_JSON: Mapping[str, tuple[str, ...]] = {
    table: ("AdditionalFields", *(["LoggedOnUsers"] if table == "DeviceInfo" else []))
    for table in ENDPOINT_TABLES
}

#: The columns by which each is told from every other table, of those that nobody asks about too.
TOLD_BY: Mapping[str, frozenset[str]] = {
    "DeviceProcessEvents": frozenset({"ProcessCommandLine", "ProcessIntegrityLevel"}),
    "DeviceLogonEvents": frozenset({"DeviceId", "LogonType"}),
    "DeviceNetworkEvents": frozenset({"LocalIPType", "LocalPort"}),
    "DeviceInfo": frozenset({"DeviceId", "OnboardingStatus"}),
}

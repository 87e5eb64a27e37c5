<#
.SYNOPSIS
    Exports everything that decides who may do what in Exchange, for rolecall.

.DESCRIPTION
    Reads the roles, role entries, role assignments, role groups and their members, scopes, role
    assignment policies, security groups, mailboxes and users of one Exchange organization, on-premises also
    its servers and mailbox databases, and writes one JSON file for each kind, with a manifest.json that says what was read and what was not.

    It changes nothing: every Exchange cmdlet it calls begins with Get-. It writes below -Path only, and
    connects to nothing: start the Exchange Management Shell, or run Connect-ExchangeOnline, first.
    The role group "View-Only Organization Management" is enough.

.PARAMETER Path
    The folder to write to. It must be new, empty, or hold an earlier collection, which stays whole until the
    new one is: the new one is written to a hidden folder in it, .collecting, and moved at the end.

.PARAMETER Environment
    "auto" (what the session shows), "on-premises" (or "2010", "2013", "2016", "2019", "se"), "online", "purview".

.PARAMETER EffectiveUsers
    Also asks Exchange who each assignment reaches (slow in large organizations).

.EXAMPLE
    .\collect.ps1 .\exports

.NOTES
    Exit codes: 0 everything was read; 1 something was not (the summary and manifest.json say what);
    2 wrong usage, or the folder cannot be used or written to; 3 there is no Exchange session of the
    environment that was asked for, or more than one.
#>
#Requires -Version 5.1
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [string]$Path = '',
    [string]$Environment = 'auto', # rolecall collect --environment replaces the value on this line
    [switch]$EffectiveUsers
)

# In constrained language mode nothing below works, and each line would fail in words of its own.
if ([string]$ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Write-Host 'rolecall: this window is in constrained language mode, in which the script cannot run: use one in full language mode'
    exit 2
}
# Default values that the session gives to parameters (Get-Mailbox:ResultSize = 10) would narrow the calls below and say
# nothing. The script's own empty table hides them; the manifest names them.
$SessionDefaults = $PSDefaultParameterValues
$PSDefaultParameterValues = @{}

Set-StrictMode -Version 1.0
$ErrorActionPreference = 'Stop'
# Exchange shows a bar for every call. Show-Progress has its own.
$ProgressPreference = 'SilentlyContinue'

# ---------------------------------------------------------------------------------------------------
# What is read. Each kind names its file, the cmdlet, the environments that have the cmdlet, a role that
# holds it (where one is documented), and the properties in the order in which they are written. A
# property which the session's objects do not have is left out; one without a value is null, or [] where
# it holds a list.

$Everywhere = @('on-premises', 'online', 'purview')
$Exchange = @('on-premises', 'online')
$ViewConfiguration = 'View-Only Configuration'
$ViewRecipients = 'View-Only Recipients'

$AssignmentProperties = @(
    'Name', 'Identity', 'Guid', 'DistinguishedName', 'Role', 'RoleAssigneeName', 'RoleAssignee',
    'RoleAssigneeType', 'User', 'App', 'AssignmentMethod', 'EffectiveUserName', 'AssignmentChain',
    'RoleAssignmentDelegationType', 'Enabled', 'RecipientReadScope', 'RecipientWriteScope',
    'ConfigReadScope', 'ConfigWriteScope', 'CustomRecipientWriteScope', 'CustomConfigWriteScope',
    'CustomResourceScope', 'WhenCreatedUTC', 'WhenChangedUTC')

$Kinds = [ordered]@{
    Role = @{
        As = 'Role'; File = 'roles.json'; Cmdlet = 'Get-ManagementRole'; Places = $Everywhere; Grant = $ViewConfiguration
        Sort = @('Name', 'Guid')
        Properties = @(
            'Name', 'Identity', 'Guid', 'DistinguishedName', 'RoleType', 'Parent', 'IsRootRole', 'IsEndUserRole',
            'IsDeprecated', 'IsServicePrincipalRole', 'AllowEmptyRole', 'RoleState', 'MailboxPlanIndex',
            'ImplicitRecipientReadScope', 'ImplicitRecipientWriteScope', 'ImplicitConfigReadScope',
            'ImplicitConfigWriteScope', 'Description', 'ExchangeVersion', 'WhenCreatedUTC', 'WhenChangedUTC')
    }
    RoleEntry = @{
        As = 'RoleEntry'; File = 'role-entries.json'; Cmdlet = 'Get-ManagementRoleEntry'; Places = $Exchange; Grant = $ViewConfiguration
        Sort = @('Role', 'Name')
        Properties = @('Role', 'Name', 'Type', 'PSSnapinName', 'Parameters')
    }
    RoleAssignment = @{
        As = 'RoleAssignment'; File = 'role-assignments.json'; Cmdlet = 'Get-ManagementRoleAssignment'; Places = $Exchange; Grant = $ViewConfiguration
        Sort = @('Name', 'Guid'); Properties = $AssignmentProperties
    }
    EffectiveAssignment = @{
        As = 'RoleAssignment'; File = 'effective-assignments.json'; Cmdlet = 'Get-ManagementRoleAssignment'; Places = $Exchange; Grant = $ViewConfiguration
        Sort = @('Name', 'EffectiveUserName', 'User'); Properties = $AssignmentProperties
    }
    RoleGroup = @{
        As = 'RoleGroup'; File = 'role-groups.json'; Cmdlet = 'Get-RoleGroup'; Places = $Everywhere; Grant = $ViewConfiguration
        Sort = @('Name', 'Guid')
        Properties = @(
            'Name', 'Identity', 'DisplayName', 'Guid', 'ExternalDirectoryObjectId', 'SamAccountName',
            'DistinguishedName', 'RoleGroupType', 'LinkedGroup', 'LinkedPartnerGroupId',
            'LinkedPartnerOrganizationId', 'Capabilities', 'Description', 'ManagedBy', 'Roles',
            'RoleAssignments', 'Members', 'WhenCreatedUTC', 'WhenChangedUTC')
    }
    RoleGroupMember = @{
        As = 'RoleGroupMember'; File = 'role-group-members.json'; Cmdlet = 'Get-RoleGroupMember'; Places = $Everywhere; Grant = $ViewConfiguration
        Sort = @('RoleGroup', 'Name', 'Guid')
        Properties = @(
            'Name', 'Identity', 'DisplayName', 'Alias', 'Guid', 'ExternalDirectoryObjectId', 'SamAccountName',
            'WindowsLiveID', 'PrimarySmtpAddress', 'DistinguishedName', 'RecipientType', 'RecipientTypeDetails')
    }
    ManagementScope = @{
        As = 'ManagementScope'; File = 'scopes.json'; Cmdlet = 'Get-ManagementScope'; Places = $Exchange; Grant = $ViewConfiguration
        Sort = @('Name', 'Guid')
        Properties = @(
            'Name', 'Identity', 'Guid', 'DistinguishedName', 'ScopeRestrictionType', 'Exclusive', 'RecipientRoot',
            'RecipientFilter', 'ServerFilter', 'DatabaseFilter', 'WhenCreatedUTC', 'WhenChangedUTC')
    }
    RoleAssignmentPolicy = @{
        As = 'RoleAssignmentPolicy'; File = 'role-assignment-policies.json'; Cmdlet = 'Get-RoleAssignmentPolicy'; Places = $Exchange; Grant = $ViewConfiguration
        Sort = @('Name', 'Guid')
        Properties = @(
            'Name', 'Identity', 'Guid', 'DistinguishedName', 'IsDefault', 'Description', 'AssignedRoles',
            'RoleAssignments', 'WhenCreatedUTC', 'WhenChangedUTC')
    }
    Group = @{
        As = 'Group'; File = 'groups.json'; Cmdlet = 'Get-Group'; Places = $Everywhere; Grant = $ViewRecipients
        Sort = @('Name', 'Guid')
        Properties = @(
            'Name', 'Identity', 'DisplayName', 'Guid', 'ExternalDirectoryObjectId', 'SamAccountName', 'Sid',
            'WindowsEmailAddress', 'DistinguishedName', 'GroupType', 'RecipientType', 'RecipientTypeDetails',
            'IsDirSynced', 'ManagedBy', 'Members', 'WhenCreatedUTC', 'WhenChangedUTC')
    }
    Mailbox = @{
        As = 'Recipient'; File = 'mailboxes.json'; Cmdlet = 'Get-Mailbox'; Places = $Exchange; Grant = $ViewRecipients
        Sort = @('Name', 'Guid')
        Properties = @(
            'Name', 'Identity', 'DisplayName', 'Alias', 'Guid', 'ExternalDirectoryObjectId', 'SamAccountName',
            'UserPrincipalName', 'PrimarySmtpAddress', 'DistinguishedName', 'LinkedMasterAccount',
            'RecipientType', 'RecipientTypeDetails', 'RoleAssignmentPolicy')
    }
    User = @{
        As = 'Recipient'; File = 'users.json'; Cmdlet = 'Get-User'; Places = $Everywhere; Grant = $ViewRecipients
        Sort = @('Name', 'Guid')
        Properties = @(
            'Name', 'Identity', 'DisplayName', 'Guid', 'ExternalDirectoryObjectId', 'SamAccountName', 'Sid',
            'UserPrincipalName', 'WindowsLiveID', 'WindowsEmailAddress', 'DistinguishedName', 'RecipientType',
            'RecipientTypeDetails', 'LinkedMasterAccount', 'AccountDisabled', 'IsDirSynced',
            'RemotePowerShellEnabled', 'EXOModuleEnabled')
    }
    ServicePrincipal = @{
        As = 'ServicePrincipal'; File = 'service-principals.json'; Cmdlet = 'Get-ServicePrincipal'; Places = @('online', 'purview'); Grant = $null
        Sort = @('DisplayName', 'AppId', 'Guid')
        Properties = @(
            'Name', 'Identity', 'DisplayName', 'AppId', 'ObjectId', 'ServiceId', 'Guid',
            'ExternalDirectoryObjectId', 'Sid', 'DistinguishedName')
    }
    Server = @{
        As = 'ExchangeServer'; File = 'servers.json'; Cmdlet = 'Get-ExchangeServer'; Places = @('on-premises'); Grant = $ViewConfiguration
        Sort = @('Name', 'Guid')
        Properties = @('Name', 'Identity', 'Guid', 'DistinguishedName', 'Fqdn', 'Site', 'ServerRole')
    }
    Database = @{
        As = 'MailboxDatabase'; File = 'databases.json'; Cmdlet = 'Get-MailboxDatabase'; Places = @('on-premises'); Grant = $ViewConfiguration
        Sort = @('Name', 'Guid')
        Properties = @('Name', 'Identity', 'Guid', 'DistinguishedName', 'Server', 'MasterServerOrAvailabilityGroup')
    }
}

# Written as arrays whatever they hold, and sorted, for their order means nothing (a chain's does).
$ListProperties = @(
    'Parameters', 'RoleEntries', 'Members', 'ManagedBy', 'Roles', 'RoleAssignments', 'AssignedRoles',
    'Capabilities', 'AssignmentChain')
$ListNames = New-Object 'System.Collections.Generic.HashSet[string]' -ArgumentList @(, [string[]]$ListProperties)

# Exchange Online returns a thousand rows unless told otherwise; so do, on-premises too, the cmdlets that
# are not named here. (office-docs-powershell: the ResultSize section of each cmdlet's page.)
$UncappedOnPremises = @('Get-ManagementRoleEntry', 'Get-ExchangeServer', 'Get-MailboxDatabase')
$UncappedEverywhere = @(
    'Get-ManagementRole', 'Get-ManagementRoleAssignment', 'Get-ManagementScope', 'Get-RoleAssignmentPolicy',
    'Get-ServicePrincipal')

# The calls themselves, written out so that a reader sees every one. Nothing read from the directory is
# ever run: it arrives in $Options as a value.
$Commands = @{
    'Get-ManagementRole' = {
        param($Options)
        Get-ManagementRole @Options
    }
    'Get-ManagementRoleEntry' = {
        param($Options)
        Get-ManagementRoleEntry @Options
    }
    'Get-ManagementRoleAssignment' = {
        param($Options)
        Get-ManagementRoleAssignment @Options
    }
    'Get-RoleGroup' = {
        param($Options)
        Get-RoleGroup @Options
    }
    'Get-RoleGroupMember' = {
        param($Options)
        Get-RoleGroupMember @Options
    }
    'Get-ManagementScope' = {
        param($Options)
        Get-ManagementScope @Options
    }
    'Get-RoleAssignmentPolicy' = {
        param($Options)
        Get-RoleAssignmentPolicy @Options
    }
    'Get-Group' = {
        param($Options)
        Get-Group @Options
    }
    'Get-Mailbox' = {
        param($Options)
        Get-Mailbox @Options
    }
    'Get-User' = {
        param($Options)
        Get-User @Options
    }
    'Get-ServicePrincipal' = {
        param($Options)
        Get-ServicePrincipal @Options
    }
    'Get-OrganizationConfig' = {
        param($Options)
        Get-OrganizationConfig @Options
    }
    'Get-ExchangeServer' = {
        param($Options)
        Get-ExchangeServer @Options
    }
    'Get-MailboxDatabase' = {
        param($Options)
        Get-MailboxDatabase @Options
    }
    'Get-ADServerSettings' = {
        param($Options)
        Get-ADServerSettings @Options
    }
}

# ---------------------------------------------------------------------------------------------------
# JSON. ConvertTo-Json lays out and escapes differently in 5.1 and 7, and cuts at a depth; this does not.

# Quotes, backslashes, control characters, and invisible and bidirectional marks are escaped. Half of a
# surrogate pair is no character: readers of JSON refuse a file that holds one, so U+FFFD stands for it.
# Everything else stays readable.
$HiddenPattern = '[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]'
$Hidden = [regex]$HiddenPattern
$Unsafe = [regex]('["\\]|' + $HiddenPattern)
$Invariant = [System.Globalization.CultureInfo]::InvariantCulture
$Ordinal = [System.StringComparer]::Ordinal
$Utf8 = New-Object System.Text.UTF8Encoding -ArgumentList $false

function ConvertTo-EscapedText {
    param([string]$Text)

    if (-not $Unsafe.IsMatch($Text)) {
        return $Text
    }
    $builder = New-Object System.Text.StringBuilder
    $at = 0
    foreach ($found in $Unsafe.Matches($Text)) {
        [void]$builder.Append($Text.Substring($at, $found.Index - $at))
        $code = [int]$Text[$found.Index]
        if ($code -eq 34) {
            [void]$builder.Append('\"')
        } elseif ($code -eq 92) {
            [void]$builder.Append('\\')
        } elseif ($code -eq 10) {
            [void]$builder.Append('\n')
        } elseif ($code -eq 13) {
            [void]$builder.Append('\r')
        } elseif ($code -eq 9) {
            [void]$builder.Append('\t')
        } elseif ($code -gt 55295 -and $code -lt 57344) {
            [void]$builder.Append('\ufffd')
        } else {
            [void]$builder.Append('\u' + $code.ToString('x4', $Invariant))
        }
        $at = $found.Index + 1
    }
    [void]$builder.Append($Text.Substring($at))
    return $builder.ToString()
}

function ConvertTo-JsonText {
    param([string]$Text)

    return '"' + (ConvertTo-EscapedText $Text) + '"'
}

# One value: null, a text, a whole number, a dictionary, or a list of these.
function ConvertTo-JsonValue {
    param($Value, [string]$Indent)

    if ($null -eq $Value) {
        return 'null'
    }
    if ($Value -is [string]) {
        return ConvertTo-JsonText $Value
    }
    if ($Value -is [int]) {
        return $Value.ToString($Invariant)
    }
    $inner = $Indent + '  '
    $lines = New-Object 'System.Collections.Generic.List[string]'
    if ($Value -is [System.Collections.IDictionary]) {
        foreach ($key in $Value.Keys) {
            $lines.Add($inner + (ConvertTo-JsonText $key) + ': ' + (ConvertTo-JsonValue $Value[$key] $inner))
        }
        if ($lines.Count -eq 0) {
            return '{}'
        }
        return "{`n" + ($lines -join ",`n") + "`n" + $Indent + '}'
    }
    foreach ($item in $Value) {
        $lines.Add($inner + (ConvertTo-JsonValue $item $inner))
    }
    if ($lines.Count -eq 0) {
        return '[]'
    }
    return "[`n" + ($lines -join ",`n") + "`n" + $Indent + ']'
}

# ---------------------------------------------------------------------------------------------------
# Objects to rows. A row is an ordered dictionary of texts, lists of texts and nulls.

# The text of one thing that is not null. An object that names something (an ADObjectId, an enumeration,
# an address) is what it prints: a name, or a canonical name such as contoso.com/Users/Anna.
function ConvertTo-PlainText {
    param($Value)

    if ($Value -is [string]) {
        return [string]$Value
    }
    if ($Value -is [datetime]) {
        $moment = $Value
        if ($moment.Kind -eq [System.DateTimeKind]::Unspecified) {
            # Only the ...UTC properties are read, so a time without a zone is UTC.
            $moment = [datetime]::SpecifyKind($moment, [System.DateTimeKind]::Utc)
        }
        return $moment.ToUniversalTime().ToString('yyyy-MM-dd\THH:mm:ss.FFFFFFF\Z', $Invariant)
    }
    $text = [string]$Value
    if ($text.StartsWith('@{', [System.StringComparison]::Ordinal)) {
        # A bag of properties without a text of its own: its name stands for it.
        $name = $Value.PSObject.Properties['Name']
        if ($null -ne $name -and $null -ne $name.Value) {
            return [string]$name.Value
        }
    }
    return $text
}

function ConvertTo-TextList {
    param($Value, [bool]$Sorted)

    $texts = New-Object 'System.Collections.Generic.List[string]'
    foreach ($item in @($Value)) {
        $text = $item
        if ($null -ne $item -and $item -isnot [string]) {
            $text = ConvertTo-PlainText $item
        }
        # An empty chain, for one, comes as one empty text.
        if ($null -ne $text -and $text -ne '') {
            $texts.Add($text)
        }
    }
    if ($Sorted) {
        $texts.Sort($Ordinal)
    }
    return , $texts.ToArray()
}

# A property that should hold one value: null, its text, or, where a session returns more than one, a list.
function ConvertTo-Text {
    param($Value)

    if ($null -eq $Value) {
        return $null
    }
    if (($Value -is [string]) -or -not ($Value -is [System.Collections.IEnumerable])) {
        return ConvertTo-PlainText $Value
    }
    $texts = ConvertTo-TextList $Value $false
    if ($texts.Length -eq 0) {
        return $null
    }
    if ($texts.Length -eq 1) {
        return $texts[0]
    }
    return , $texts
}

# A hundred thousand mailboxes pass through here and through ConvertTo-Block: what is a text, or prints as one, is taken
# without the call of a function, of which each costs as much as a row should.
function ConvertTo-Row {
    param($Source, [string[]]$Properties)

    $row = New-Object System.Collections.Specialized.OrderedDictionary
    $known = $Source.PSObject.Properties
    foreach ($name in $Properties) {
        $property = $known[$name]
        if ($null -eq $property) {
            continue
        }
        $value = $property.Value
        if ($ListNames.Contains($name)) {
            $row[$name] = ConvertTo-TextList $value ($name -ne 'AssignmentChain')
        } elseif ($null -eq $value -or $value -is [string]) {
            $row[$name] = $value
        } elseif ($value -is [datetime] -or $value -is [System.Collections.IEnumerable]) {
            $row[$name] = ConvertTo-Text $value
        } else {
            $text = [string]$value
            if ($text.StartsWith('@{', [System.StringComparison]::Ordinal)) {
                $text = ConvertTo-PlainText $value
            }
            $row[$name] = $text
        }
    }
    return $row
}

# The text that a row is written as, behind what it is sorted by.
function ConvertTo-Block {
    param($Row, [string[]]$Sort)

    $key = ''
    foreach ($name in $Sort) {
        $text = [string]$Row[$name]
        if ($Unsafe.IsMatch($text)) {
            $text = ConvertTo-EscapedText $text
        }
        # Escaped text holds no control character, so these two keep the parts apart and sort first.
        $key += $text + [char]1
    }
    $lines = New-Object 'System.Collections.Generic.List[string]'
    foreach ($name in $Row.Keys) {
        $value = $Row[$name]
        if ($null -eq $value) {
            $lines.Add('    "' + $name + '": null')
        } elseif ($value -is [string]) {
            if ($Unsafe.IsMatch($value)) {
                $value = ConvertTo-EscapedText $value
            }
            $lines.Add('    "' + $name + '": "' + $value + '"')
        } else {
            $lines.Add('    "' + $name + '": ' + (ConvertTo-JsonValue $value '    '))
        }
    }
    if ($lines.Count -eq 0) {
        return $key + [char]0 + '{}'
    }
    return $key + [char]0 + "{`n" + ($lines -join ",`n") + "`n  }"
}

# The value to give to -Identity: the GUID where there is one, for names need not be unique.
function Get-RowIdentity {
    param($Row)

    foreach ($name in @('Guid', 'DistinguishedName', 'Identity', 'Name')) {
        $text = [string]$Row[$name]
        if ($text -ne '' -and $text -ne '00000000-0000-0000-0000-000000000000') {
            return $text
        }
    }
    return ''
}

# ---------------------------------------------------------------------------------------------------
# Calls. Each leaves a note, which goes into the manifest.

function Find-Command {
    param([string]$Name)

    return Get-Command -Name $Name -CommandType @('Cmdlet', 'Function') -ErrorAction SilentlyContinue | Select-Object -First 1
}

function Test-CommandParameter {
    param([string]$Name, [string]$Parameter)

    $command = Find-Command $Name
    if ($null -eq $command -or $null -eq $command.Parameters) {
        return $false
    }
    return $command.Parameters.ContainsKey($Parameter)
}

function New-Note {
    param([string]$Cmdlet, $Kind, $File, $Grant)

    $note = New-Object System.Collections.Specialized.OrderedDictionary
    $note['cmdlet'] = $Cmdlet
    $note['kind'] = $Kind
    $note['file'] = $File
    $note['rows'] = 0
    $note['result'] = 'complete'
    $note['message'] = $null
    $note['role'] = $Grant
    $note['unread'] = New-Object 'System.Collections.Generic.List[string]'
    $note['warnings'] = New-Object 'System.Collections.Generic.List[string]'
    return $note
}

# The worst that happened is what the note says.
$Severity = @('complete', 'capped', 'failed', 'denied', 'missing')

function Set-NoteResult {
    param($Note, [string]$Result, [string]$Message)

    if ([array]::IndexOf($Severity, $Result) -gt [array]::IndexOf($Severity, $Note['result'])) {
        if ($null -ne $Note['message']) {
            $Note['warnings'].Add($Note['message'])
        }
        $Note['result'] = $Result
        $Note['message'] = $Message
    } elseif (-not $Note['warnings'].Contains($Message)) {
        $Note['warnings'].Add($Message)
    }
}

# Whether the same call may well succeed a little later. Exchange's messages are translated, its categories and names of
# exceptions are not.
function Test-Passing {
    param($Problem)

    if (@('OperationTimeout', 'ResourceBusy', 'ResourceUnavailable', 'ConnectionError') -contains [string]$Problem.CategoryInfo.Category) {
        return $true
    }
    if (([string]$Problem.FullyQualifiedErrorId + ' ' + [string]$Problem.Exception.GetType().FullName) -match 'Transient|Throttl|OverBudget|ServerBusy|TooManyRequests|Timeout|TimedOut|PSRemotingTransport|StateBroken|WebException') {
        return $true
    }
    return [string]$Problem.Exception.Message -match '\b(429|502|503|504)\b|throttl|too many requests|server is (too )?busy|timed out|connection (was|has been|is) (closed|lost|reset|aborted|broken)|temporarily'
}

function Test-NotFound {
    param($Problem)

    return [string]$Problem.CategoryInfo.Category -eq 'ObjectNotFound' -or [string]$Problem.FullyQualifiedErrorId -match 'NotFound'
}

function Test-Denial {
    param($Problem)

    if ([string]$Problem.CategoryInfo.Category -eq 'PermissionDenied' -or [string]$Problem.CategoryInfo.Category -eq 'SecurityError') {
        return $true
    }
    if ([string]$Problem.FullyQualifiedErrorId -match 'AccessDenied|Unauthorized|Forbidden') {
        return $true
    }
    return [string]$Problem.Exception.Message -match '\b(401|403)\b|access (is |was )?denied|unauthorized|forbidden|insufficient access'
}

function Add-Problem {
    param($Note, $Problem, [hashtable]$State)

    $message = [string]$Problem.Exception.Message
    if (Test-Denial $Problem) {
        Set-NoteResult $Note 'denied' $message
        return
    }
    Set-NoteResult $Note 'failed' $message
    if (-not (Test-NotFound $Problem) -and (Test-Passing $Problem)) {
        $State['Passing'] = $true
    }
}

# One of many calls did not succeed. Beside a call that failed as a whole no name is added, for the names say
# that everything else was read.
function Add-Unread {
    param($Note, [string]$Name, $Own)

    if ($Note['result'] -eq 'complete' -or $Note['unread'].Count -gt 0) {
        $Note['unread'].Add($Name)
    }
    Set-NoteResult $Note $Own['result'] ('{0}: {1}' -f $Name, $Own['message'])
}

# What every call is given: errors and warnings come back as objects, whatever the session prefers. (A session that keeps
# warnings silent would hide "there are more results available".)
function New-CallOption {
    return @{ ErrorAction = 'Continue'; WarningAction = 'Continue' }
}

# What a call that reads a kind is given besides: all rows, and the whole forest.
function New-Option {
    param([string]$Cmdlet)

    $options = New-CallOption
    if (Test-CommandParameter $Cmdlet 'ResultSize') {
        $options['ResultSize'] = 'Unlimited'
    }
    # On-premises a session sees one domain unless it is told otherwise.
    if ($Place -eq 'on-premises' -and (Test-CommandParameter $Cmdlet 'IgnoreDefaultScope')) {
        $options['IgnoreDefaultScope'] = $true
    }
    return $options
}

# How many seconds to wait before a call that failed for a passing reason is tried again.
$Waits = @(5, 20)

# Runs one cmdlet and returns its rows as a list: dictionaries, or, with $Sort, the texts that they are written as.
function Receive-Row {
    param([string]$Cmdlet, [hashtable]$Options, [string[]]$Properties, $Note, [string[]]$Sort)

    $tries = 0
    while ($true) {
        $own = New-Note $Cmdlet $null $null $null
        $state = @{ Passing = $false }
        $received = Receive-Once $Cmdlet $Options $Properties $own $Sort $state
        if ($own['result'] -ne 'failed' -or -not $state['Passing'] -or $tries -ge $Waits.Count) {
            break
        }
        $Note['warnings'].Add(('tried again after {0} seconds: {1}' -f $Waits[$tries], $own['message']))
        Start-Sleep -Seconds $Waits[$tries]
        $tries++
    }
    if ($own['result'] -ne 'complete') {
        Set-NoteResult $Note $own['result'] $own['message']
    }
    foreach ($warning in $own['warnings']) {
        if (-not $Note['warnings'].Contains($warning)) {
            $Note['warnings'].Add($warning)
        }
    }
    return , $received
}

# One try. Rows are converted as they arrive, since a hundred thousand mailboxes as Exchange hands them out would not fit
# into memory. $State says whether a problem was one that may pass.
function Receive-Once {
    param([string]$Cmdlet, [hashtable]$Options, [string[]]$Properties, $Note, [string[]]$Sort, [hashtable]$State)

    $received = New-Object 'System.Collections.Generic.List[object]'
    $command = $Commands[$Cmdlet]
    try {
        & $command $Options 2>&1 3>&1 | ForEach-Object {
            $item = $_
            if ($null -eq $item) {
                return
            }
            if ($item -is [System.Management.Automation.WarningRecord]) {
                Add-CallWarning $Note ([string]$item.Message)
            } elseif ($item -is [System.Management.Automation.ErrorRecord]) {
                Add-Problem $Note $item $State
            } else {
                try {
                    $row = ConvertTo-Row $item $Properties
                    if ($null -ne $Sort) {
                        $row = ConvertTo-Block $row $Sort
                    }
                    $received.Add($row)
                } catch {
                    Add-Problem $Note $_ $State
                }
                if ($Clock.ElapsedMilliseconds -ge $ProgressAt['Next']) {
                    Show-Progress $Cmdlet $received.Count
                }
            }
        }
    } catch {
        Add-Problem $Note $_ $State
    }
    Show-Progress $Cmdlet -1
    return , $received
}

# A bar with the number of rows, twice a second at most; a negative number ends it.
$Clock = [System.Diagnostics.Stopwatch]::StartNew()
$ProgressAt = @{ Next = 500; Shown = $false }

function Show-Progress {
    param([string]$Cmdlet, [int]$Count)

    $ProgressPreference = 'Continue'
    if ($Count -ge 0) {
        Write-Progress -Activity 'rolecall' -Status ('{0}: {1} rows' -f $Cmdlet, $Count)
        $ProgressAt['Next'] = $Clock.ElapsedMilliseconds + 500
        $ProgressAt['Shown'] = $true
    } elseif ($ProgressAt['Shown']) {
        Write-Progress -Activity 'rolecall' -Completed
        $ProgressAt['Shown'] = $false
    }
}

# "There are more results available than are currently displayed. To view them, increase the value for the
# ResultSize parameter": the words are translated, the parameter's name is not.
function Add-CallWarning {
    param($Note, [string]$Message)

    if ($Message -match 'ResultSize') {
        Set-NoteResult $Note 'capped' $Message
    } elseif (-not $Note['warnings'].Contains($Message)) {
        $Note['warnings'].Add($Message)
    }
}

# A cmdlet that stops at a thousand rows, in a session that may not use -ResultSize, says so only sometimes.
function Test-Cap {
    param([string]$Cmdlet, [int]$Count, $Note)

    if ($Count -lt 1000 -or (Test-CommandParameter $Cmdlet 'ResultSize') -or ($UncappedEverywhere -contains $Cmdlet)) {
        return
    }
    if ($Place -eq 'on-premises' -and $UncappedOnPremises -contains $Cmdlet) {
        return
    }
    Set-NoteResult $Note 'capped' ('{0} rows came, and this session may not use -ResultSize, without which Exchange stops at 1000' -f $Count)
}

# Names and messages come from the directory: what could move the cursor or reorder a line is not printed.
function Write-Line {
    param([string]$Text)

    Write-Host ('rolecall: ' + $Hidden.Replace($Text, '?'))
}

# Kinds of which nothing else is asked once they are read: of a row only its text is kept.
$WrittenAtOnce = @('EffectiveAssignment', 'RoleAssignmentPolicy', 'Mailbox', 'User', 'ServicePrincipal', 'Server', 'Database')

# Reads one kind with one call. Returns the rows; an empty list where the cmdlet is not there.
function Read-Kind {
    param([string]$Kind, [hashtable]$More, $Note)

    $cmdlet = $Kinds[$Kind].Cmdlet
    Write-Line $cmdlet
    if ($null -eq (Find-Command $cmdlet)) {
        Set-NoteResult $Note 'missing' ('this session has no {0}: no role that this account holds lets it run the cmdlet' -f $cmdlet)
        return , (New-Object 'System.Collections.Generic.List[object]')
    }
    $options = New-Option $cmdlet
    foreach ($name in $More.Keys) {
        $options[$name] = $More[$name]
    }
    $sort = $null
    if ($WrittenAtOnce -contains $Kind) {
        $sort = $Kinds[$Kind].Sort
    }
    $rows = Receive-Row $cmdlet $options $Kinds[$Kind].Properties $Note $sort
    Test-Cap $cmdlet $rows.Count $Note
    return , $rows
}

function New-KindNote {
    param([string]$Kind)

    $about = $Kinds[$Kind]
    $grant = $about.Grant
    if ($Place -eq 'purview') {
        # Its roles are others, and which of them hold these cmdlets is not published.
        $grant = $null
    }
    return New-Note $about.Cmdlet $about.As $about.File $grant
}

# ---------------------------------------------------------------------------------------------------
# Where one call is not the whole answer.

function New-NameSet {
    return , (New-Object 'System.Collections.Generic.HashSet[string]' -ArgumentList ([System.StringComparer]::OrdinalIgnoreCase))
}

# Entries that Exchange Online prints as "(snapin) Get-Mailbox -Identity -Anr" become the three facts they are.
function Repair-EntryName {
    param($Rows)

    foreach ($row in $Rows) {
        $printed = [regex]::Match([string]$row['Name'], '^\(([^()]+)\) (\S+)((?: -\S+)*)$')
        if (-not $printed.Success) {
            continue
        }
        $row['Name'] = $printed.Groups[2].Value
        if (-not $row.Contains('PSSnapinName')) {
            $row['PSSnapinName'] = $printed.Groups[1].Value
        }
        if (-not $row.Contains('Parameters')) {
            $names = @($printed.Groups[3].Value.Split(' ') | Where-Object { $_ -ne '' } | ForEach-Object { $_.Substring(1) })
            $row['Parameters'] = ConvertTo-TextList $names $true
        }
    }
}

# The entries of all roles. Where the one call for all of them is cut or breaks off, each role is asked, if
# all roles are known.
function Read-Entry {
    param($Roles, $RoleNote, $Note)

    $first = New-KindNote 'RoleEntry'
    $entries = Read-Kind 'RoleEntry' @{ Identity = '*\*' } $first
    if (@('capped', 'failed') -contains $first['result'] -and $RoleNote['result'] -eq 'complete' -and $Roles.Count -gt 0) {
        $Note['warnings'].Add('each role was asked for its own entries, for the call for all of them was not complete: ' + $first['message'])
        $entries.Clear()
        foreach ($role in $Roles) {
            Read-RoleEntry ([string]$role['Name']) $entries $Note
        }
    } else {
        foreach ($name in @('result', 'message', 'warnings')) {
            $Note[$name] = $first[$name]
        }
    }
    return , $entries
}

# Adds the entries of one role to $Entries.
function Read-RoleEntry {
    param([string]$RoleName, $Entries, $Note)

    $options = New-Option 'Get-ManagementRoleEntry'
    $options['Identity'] = $RoleName + '\*'
    $own = New-KindNote 'RoleEntry'
    $rows = Receive-Row 'Get-ManagementRoleEntry' $options $Kinds['RoleEntry'].Properties $own
    Test-Cap 'Get-ManagementRoleEntry' $rows.Count $own
    foreach ($row in $rows) {
        $Entries.Add($row)
    }
    if ($own['result'] -ne 'complete') {
        Add-Unread $Note $RoleName $own
    }
}

# A role without an entry is either empty or was not read; the role itself, asked by name, tells which. (In
# Exchange Online the list of all roles comes without their entries.)
function Confirm-EmptyRole {
    param($Roles, $Entries, $RoleNote, $EntryNote)

    $seen = New-NameSet
    foreach ($entry in $Entries) {
        [void]$seen.Add([string]$entry['Role'])
    }
    foreach ($role in $Roles) {
        $name = [string]$role['Name']
        if ($seen.Contains($name)) {
            continue
        }
        $options = New-Option 'Get-ManagementRole'
        $options['Identity'] = $name
        $own = New-KindNote 'Role'
        $answer = Receive-Row 'Get-ManagementRole' $options @('Name', 'RoleEntries') $own
        if ($own['result'] -ne 'complete' -or $answer.Count -ne 1 -or -not $answer[0].Contains('RoleEntries')) {
            $RoleNote['warnings'].Add(('{0}: whether the role has entries could not be read' -f $name))
            continue
        }
        $role['RoleEntries'] = $answer[0]['RoleEntries']
        if ($role['RoleEntries'].Length -gt 0 -and $EntryNote['unread'] -notcontains $name) {
            Read-RoleEntry $name $Entries $EntryNote
        }
    }
}

# The members of each role group, with the group's name in the row, for Exchange does not say it.
function Read-Member {
    param($Groups, $GroupNote, $Note)

    $members = New-Object 'System.Collections.Generic.List[object]'
    Write-Line 'Get-RoleGroupMember'
    if ($null -eq (Find-Command 'Get-RoleGroupMember')) {
        Set-NoteResult $Note 'missing' 'this session has no Get-RoleGroupMember: no role that this account holds lets it run the cmdlet'
        return , $members
    }
    if ($GroupNote['result'] -ne 'complete') {
        Set-NoteResult $Note 'failed' 'the role groups are not all known, so neither are their members'
    }
    foreach ($group in $Groups) {
        $name = [string]$group['Name']
        if ([string]$group['RoleGroupType'] -like '*Linked') {
            # The accounts are in another forest or at a partner; nothing here can list them.
            $group.Remove('Members')
            $Note['warnings'].Add(('{0} is a linked role group: its members are not in this organization' -f $name))
            continue
        }
        $options = New-Option 'Get-RoleGroupMember'
        $options['Identity'] = Get-RowIdentity $group
        $own = New-KindNote 'RoleGroupMember'
        $rows = Receive-Row 'Get-RoleGroupMember' $options $Kinds['RoleGroupMember'].Properties $own
        Test-Cap 'Get-RoleGroupMember' $rows.Count $own
        foreach ($row in $rows) {
            $row.Insert(0, 'RoleGroup', $name)
            $members.Add($row)
        }
        foreach ($warning in $own['warnings']) {
            $Note['warnings'].Add(('{0}: {1}' -f $name, $warning))
        }
        if ($own['result'] -ne 'complete') {
            Add-Unread $Note $name $own
        }
        # An empty list beside member rows, or beside a call that failed, was not filled in: it is no evidence.
        $listed = $group['Members']
        if ($null -ne $listed -and $listed.Length -eq 0 -and ($rows.Count -gt 0 -or $own['result'] -ne 'complete')) {
            $group.Remove('Members')
        }
    }
    return , $members
}

# The properties that the filters of scopes compare. What they name is exported, for only that tells whom a scope contains.
function Find-FilterProperty {
    param($Scopes, [string]$Filter = 'RecipientFilter')

    $names = New-Object 'System.Collections.Generic.SortedSet[string]' -ArgumentList ([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($scope in $Scopes) {
        foreach ($found in [regex]::Matches([string]$scope[$Filter], '(?i)([a-z][a-z0-9]*)\s+-(?:eq|ne|like|notlike|gt|ge|lt|le)\b')) {
            [void]$names.Add($found.Groups[1].Value)
        }
    }
    return , $names
}

# Adds the properties that filters compare to those that are written of a kind. What its objects do not have is left out.
function Add-FilterProperty {
    param([string]$Kind, $Names)

    foreach ($name in $Names) {
        if ($Kinds[$Kind].Properties -notcontains $name) {
            $Kinds[$Kind].Properties += $name
        }
    }
}

# Security groups only: a distribution group carries no permission. (Where a scope asks who is in a group, all are kept.)
function Select-SecurityGroup {
    param($Groups)

    $kept = New-Object 'System.Collections.Generic.List[object]'
    foreach ($group in $Groups) {
        $type = [string]$group['GroupType']
        if ($type -eq '' -or $type -match 'SecurityEnabled' -or [string]$group['RecipientTypeDetails'] -match 'SecurityGroup|RoleGroup') {
            $kept.Add($group)
        }
    }
    return , $kept
}

# In Exchange Online an empty list of members may be one that was not filled in. The groups that hold roles,
# or are members of groups that do, are asked again one by one; an empty list that stays is left out.
function Confirm-GroupMember {
    param($Groups, $Members, $Assignments, $Note)

    $counting = New-NameSet
    foreach ($row in $Members) {
        foreach ($property in @('Name', 'Identity', 'Guid', 'ExternalDirectoryObjectId', 'DistinguishedName')) {
            [void]$counting.Add([string]$row[$property])
        }
    }
    foreach ($row in $Assignments) {
        foreach ($property in @('RoleAssignee', 'RoleAssigneeName')) {
            [void]$counting.Add([string]$row[$property])
        }
    }
    [void]$counting.Remove('')
    $asked = New-NameSet
    $again = $true
    while ($again) {
        $again = $false
        foreach ($group in $Groups) {
            $identity = Get-RowIdentity $group
            if ($asked.Contains($identity) -or -not (Test-Counting $group $counting)) {
                continue
            }
            [void]$asked.Add($identity)
            $again = $true
            if ($null -eq $group['Members'] -or $group['Members'].Length -eq 0) {
                $options = New-Option 'Get-Group'
                $options['Identity'] = $identity
                $own = New-KindNote 'Group'
                $answer = Receive-Row 'Get-Group' $options @('Members') $own
                if ($own['result'] -ne 'complete') {
                    Add-Unread $Note ([string]$group['Name']) $own
                }
                if ($answer.Count -eq 1 -and $null -ne $answer[0]['Members']) {
                    $group['Members'] = $answer[0]['Members']
                }
            }
            foreach ($member in $group['Members']) {
                [void]$counting.Add($member)
            }
        }
    }
    foreach ($group in $Groups) {
        if ($null -ne $group['Members'] -and $group['Members'].Length -eq 0) {
            $group.Remove('Members')
        }
    }
}

function Test-Counting {
    param($Group, $Counting)

    foreach ($property in @('Name', 'Identity', 'Guid', 'ExternalDirectoryObjectId', 'DistinguishedName')) {
        if ($Counting.Contains([string]$Group[$property])) {
            return $true
        }
    }
    return $false
}

# ---------------------------------------------------------------------------------------------------
# Files.

# Sorted without regard to culture by what the rows are known by, then by all that they say.
function Write-Export {
    param([string]$File, $Rows, [string[]]$Sort)

    $blocks = New-Object 'System.Collections.Generic.List[string]'
    foreach ($row in $Rows) {
        if ($row -is [string]) {
            $blocks.Add($row)
        } else {
            $blocks.Add((ConvertTo-Block $row $Sort))
        }
    }
    $blocks.Sort($Ordinal)
    $writer = New-Object System.IO.StreamWriter -ArgumentList ([System.IO.Path]::Combine($Staging, $File)), $false, $Utf8
    try {
        $between = "[`n  "
        foreach ($block in $blocks) {
            $writer.Write($between + $block.Substring($block.IndexOf([char]0) + 1))
            $between = ",`n  "
        }
        if ($blocks.Count -eq 0) {
            $writer.Write("[]`n")
        } else {
            $writer.Write("`n]`n")
        }
    } finally {
        $writer.Dispose()
    }
}

# A file is written where something was read. An empty one would say that there is nothing to read.
function Write-Kind {
    param([string]$Kind, $Rows, $Note)

    $Note['rows'] = [int]$Rows.Count
    if ($Rows.Count -eq 0 -and $Note['result'] -ne 'complete') {
        $Note['file'] = $null
        return
    }
    Write-Export $Kinds[$Kind].File $Rows $Kinds[$Kind].Sort
}

function ConvertTo-NullableText {
    param([string]$Text)

    if ($Text -eq '') {
        return $null
    }
    return $Text
}

function Format-Moment {
    param([datetime]$Moment)

    return $Moment.ToUniversalTime().ToString('yyyy-MM-dd\THH:mm:ss\Z', $Invariant)
}

function Write-Manifest {
    param($Manifest)

    [System.IO.File]::WriteAllText([System.IO.Path]::Combine($Staging, 'manifest.json'), (ConvertTo-JsonValue $Manifest '') + "`n", $Utf8)
}

# Removes what this script writes from the folder for the new collection: what a run that was stopped left there.
function Clear-Staging {
    foreach ($about in $Kinds.Values) {
        [System.IO.File]::Delete([System.IO.Path]::Combine($Staging, $about.File))
    }
    [System.IO.File]::Delete([System.IO.Path]::Combine($Staging, 'manifest.json'))
}

# Puts the new collection in the place of the earlier one. In between the manifest says that the collection is not
# finished: it is written first, and replaced by the whole one last.
function Move-Collection {
    param($Manifest)

    $finished = $Manifest['finished']
    $Manifest['finished'] = $null
    [System.IO.File]::WriteAllText([System.IO.Path]::Combine($Folder, 'manifest.json'), (ConvertTo-JsonValue $Manifest '') + "`n", $Utf8)
    $Manifest['finished'] = $finished
    foreach ($about in $Kinds.Values) {
        [System.IO.File]::Delete([System.IO.Path]::Combine($Folder, $about.File))
        if ([System.IO.File]::Exists([System.IO.Path]::Combine($Staging, $about.File))) {
            [System.IO.File]::Move([System.IO.Path]::Combine($Staging, $about.File), [System.IO.Path]::Combine($Folder, $about.File))
        }
    }
    [System.IO.File]::Replace([System.IO.Path]::Combine($Staging, 'manifest.json'), [System.IO.Path]::Combine($Folder, 'manifest.json'), [NullString]::Value)
    [System.IO.Directory]::Delete($Staging)
}

# Why the folder cannot be used, or nothing.
function Test-Folder {
    param([string]$Place)

    if ([System.IO.File]::Exists($Place)) {
        return 'it is a file'
    }
    if (-not [System.IO.Directory]::Exists($Place)) {
        return ''
    }
    $others = @([System.IO.Directory]::GetFileSystemEntries($Place) | Where-Object { [System.IO.Path]::GetFileName($_) -ne '.collecting' })
    if ($others.Count -eq 0) {
        return ''
    }
    $former = [System.IO.Path]::Combine($Place, 'manifest.json')
    if ([System.IO.File]::Exists($former) -and [System.IO.File]::ReadAllText($former).Contains('"format": "rolecall-collection"')) {
        return ''
    }
    return 'it is not empty and holds no earlier collection'
}

# Whether a name matches a pattern; a pattern that PowerShell cannot read matches nothing.
function Test-Like {
    param([string]$Name, [string]$Pattern)

    try {
        return $Name -like $Pattern
    } catch {
        return $false
    }
}

# ---------------------------------------------------------------------------------------------------
# The session.

# The places a plain cmdlet name may lead to: each is the environment and what is known of the connection.
function Find-Session {
    $sessions = New-Object 'System.Collections.Generic.List[object]'
    $seen = New-NameSet
    if ($null -ne (Find-Command 'Get-ConnectionInformation')) {
        foreach ($connection in @(Get-ConnectionInformation -ErrorAction SilentlyContinue)) {
            # With a prefix, the plain names are not this connection's.
            if ($null -eq $connection -or [string]$connection.State -ne 'Connected' -or [string]$connection.ModulePrefix -ne '') {
                continue
            }
            $kind = 'online'
            if ([string]$connection.IsEopSession -eq 'True') {
                $kind = 'purview'
            }
            $key = $kind + ' ' + [string]$connection.TenantID
            if ($seen.Contains($key)) {
                continue
            }
            [void]$seen.Add($key)
            $user = [string]$connection.UserPrincipalName
            if ($user -eq '') {
                $user = [string]$connection.AppId
            }
            $sessions.Add(@{ Place = $kind; User = $user; Tenant = [string]$connection.TenantID; Server = [string]$connection.ConnectionUri })
        }
    }
    $local = $null -ne (Find-Command 'Get-ExchangeServer')
    if ($sessions.Count -eq 0 -and -not $local) {
        # An account without a role that holds Get-ExchangeServer still has a session.
        $local = $null -ne (Find-Command 'Get-ManagementRole') -or $null -ne (Find-Command 'Get-Mailbox')
    }
    if ($local) {
        $server = ''
        foreach ($remote in @(Get-PSSession -ErrorAction SilentlyContinue)) {
            if ($null -ne $remote -and [string]$remote.ConfigurationName -eq 'Microsoft.Exchange') {
                $server = [string]$remote.ComputerName
            }
        }
        $user = [System.Environment]::UserDomainName + '\' + [System.Environment]::UserName
        $sessions.Add(@{ Place = 'on-premises'; User = $user; Tenant = ''; Server = $server })
    }
    return , $sessions
}

# The release, from the newest server: its setup is the one that wrote the built-in roles. Exchange Server SE
# begins at 15.2.2562. (learn.microsoft.com, "Exchange Server build numbers and release dates")
function Get-Release {
    param($Versions)

    $best = New-Object System.Version -ArgumentList 0, 0, 0, 0
    foreach ($text in $Versions) {
        $found = [regex]::Match($text, '(\d+)\.(\d+) \(Build (\d+)\.(\d+)\)')
        if ($found.Success) {
            $version = New-Object System.Version -ArgumentList ([int]$found.Groups[1].Value), ([int]$found.Groups[2].Value), ([int]$found.Groups[3].Value), ([int]$found.Groups[4].Value)
            if ($version.CompareTo($best) -gt 0) {
                $best = $version
            }
        }
    }
    if ($best.Major -eq 14) {
        return '2010'
    }
    if ($best.Major -ne 15) {
        return 'on-premises'
    }
    if ($best.Minor -eq 0) {
        return '2013'
    }
    if ($best.Minor -eq 1) {
        return '2016'
    }
    if ($best.Build -lt 2562) {
        return '2019'
    }
    return 'se'
}

# Reads what only the manifest needs; a failure here costs nothing but that line.
function Read-About {
    param([string]$Cmdlet, [string[]]$Properties, [string]$Grant, $Notes)

    $note = New-Note $Cmdlet $null $null $Grant
    $rows = New-Object 'System.Collections.Generic.List[object]'
    if ($null -eq (Find-Command $Cmdlet)) {
        Set-NoteResult $note 'missing' ('this session has no {0}' -f $Cmdlet)
    } else {
        $rows = Receive-Row $Cmdlet (New-CallOption) $Properties $note
        $note['rows'] = [int]$rows.Count
    }
    $Notes.Add($note)
    return , $rows
}

# ---------------------------------------------------------------------------------------------------
# The run.

$Wanted = $Environment.ToLowerInvariant()
if ($Wanted -eq '') {
    $Wanted = 'auto'
}
if (@('auto', 'on-premises', '2010', '2013', '2016', '2019', 'se', 'online', 'purview') -notcontains $Wanted) {
    Write-Line ('unknown environment "{0}": use auto, on-premises, 2010, 2013, 2016, 2019, se, online or purview' -f $Environment)
    exit 2
}
if ($Path -eq '') {
    Write-Line 'name the folder to write to: .\collect.ps1 .\exports'
    exit 2
}
$Provider = $null
$Drive = $null
$Reason = ''
try {
    $Folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref]$Provider, [ref]$Drive)
    if ([string]$Provider.Name -ne 'FileSystem') {
        $Reason = 'it is no folder of a file system'
    } else {
        $Reason = Test-Folder $Folder
    }
} catch {
    $Folder = $Path
    $Reason = $_.Exception.GetBaseException().Message
}
if ($Reason -ne '') {
    Write-Line ('{0} cannot be used: {1}' -f $Folder, $Reason)
    exit 2
}

$WantedPlace = $Wanted
if (@('2010', '2013', '2016', '2019', 'se') -contains $Wanted) {
    $WantedPlace = 'on-premises'
}
$Sessions = Find-Session
$Chosen = @($Sessions | Where-Object { $Wanted -eq 'auto' -or $_.Place -eq $WantedPlace })
if ($Chosen.Count -eq 0 -and $Sessions.Count -gt 0) {
    $There = @($Sessions | ForEach-Object { $_.Place }) -join ' and '
    Write-Line ('{0} was asked for, and the session in this window is {1}: open a window with the session that is meant, or ask for {1}' -f $Wanted, $There)
    exit 3
}
if ($Chosen.Count -eq 0) {
    Write-Line 'no Exchange session: start the Exchange Management Shell, or run Connect-ExchangeOnline, and start again'
    exit 3
}
if ($Chosen.Count -gt 1) {
    Write-Line 'more than one Exchange session: their cmdlets have the same names, so open a window with only one of them (or name it with -Environment)'
    exit 3
}
$Session = $Chosen[0]
$Place = [string]$Session.Place

$Notes = New-Object 'System.Collections.Generic.List[object]'
$Manifest = New-Object System.Collections.Specialized.OrderedDictionary
$Manifest['format'] = 'rolecall-collection'
$Manifest['version'] = 1
$Manifest['started'] = Format-Moment ([datetime]::UtcNow)
$Manifest['finished'] = $null
$Manifest['environment'] = $Place
$Manifest['organization'] = $null
$Manifest['tenant'] = ConvertTo-NullableText $Session.Tenant
$Manifest['user'] = ConvertTo-NullableText $Session.User
$Manifest['server'] = ConvertTo-NullableText $Session.Server
$Manifest['exchange_versions'] = @()
$Manifest['view_entire_forest'] = $null
$Manifest['recipient_root'] = $null
$Manifest['module'] = $null
$Manifest['module_version'] = $null
$Manifest['powershell_version'] = $PSVersionTable.PSVersion.ToString()
$Manifest['powershell_edition'] = ConvertTo-NullableText $PSVersionTable.PSEdition
$Manifest['warnings'] = New-Object 'System.Collections.Generic.List[string]'
$Manifest['calls'] = $Notes

# The earlier collection stays as it is until the new one is whole: that is written to a folder of its own.
$Staging = [System.IO.Path]::Combine($Folder, '.collecting')
try {
    $Hide = [System.IO.Directory]::CreateDirectory($Staging)
    $Hide.Attributes = $Hide.Attributes -bor [System.IO.FileAttributes]::Hidden
    Clear-Staging
    Write-Manifest $Manifest
} catch {
    Write-Line ('{0} cannot be used: {1}' -f $Folder, $_.Exception.GetBaseException().Message)
    exit 2
}

foreach ($key in @($SessionDefaults.Keys)) {
    $pattern = ([string]$key -split ':')[0]
    if (@($Commands.Keys | Where-Object { Test-Like $_ $pattern }).Count -gt 0) {
        $Manifest['warnings'].Add(('the session sets {0} by default; the script ran without that' -f $key))
    }
}
if ($Sessions.Count -gt 1) {
    $Manifest['warnings'].Add('the window has more than one Exchange session; that these cmdlets belong to the one named was not checked')
}
$Source = Find-Command $Kinds['Role'].Cmdlet
# An imported session is a module with a random name, which would make every two manifests differ.
if ($null -ne $Source -and [string]$Source.ModuleName -notlike 'tmp*') {
    $Manifest['module'] = ConvertTo-NullableText $Source.ModuleName
}
$Library = Get-Module -Name ExchangeOnlineManagement | Select-Object -First 1
if ($Place -ne 'on-premises' -and $null -ne $Library) {
    $Manifest['module'] = 'ExchangeOnlineManagement'
    $Manifest['module_version'] = [string]$Library.Version
}
if ($Place -ne 'purview') {
    foreach ($row in (Read-About 'Get-OrganizationConfig' @('Name') $ViewConfiguration $Notes)) {
        $Manifest['organization'] = $row['Name']
    }
}
if ($Place -eq 'on-premises') {
    $Versions = New-NameSet
    foreach ($row in (Read-About 'Get-ExchangeServer' @('AdminDisplayVersion') $ViewConfiguration $Notes)) {
        [void]$Versions.Add([string]$row['AdminDisplayVersion'])
    }
    $Manifest['exchange_versions'] = ConvertTo-TextList $Versions $true
    $Manifest['environment'] = Get-Release $Versions
    foreach ($row in (Read-About 'Get-ADServerSettings' @('ViewEntireForest', 'RecipientViewRoot') $ViewConfiguration $Notes)) {
        $Manifest['view_entire_forest'] = $row['ViewEntireForest']
        $Manifest['recipient_root'] = $row['RecipientViewRoot']
    }
    if ($Manifest['view_entire_forest'] -eq 'False') {
        $Manifest['warnings'].Add('the session looks at one domain: members of role groups from other domains may be missing; run Set-ADServerSettings -ViewEntireForest $true first')
    }
}
if ($WantedPlace -ne $Wanted) {
    if ($Manifest['environment'] -ne $Wanted -and $Manifest['environment'] -ne 'on-premises') {
        $Manifest['warnings'].Add(('{0} was asked for, and the servers are {1}' -f $Wanted, $Manifest['environment']))
    } else {
        $Manifest['environment'] = $Wanted
    }
}

$Empty = New-Object 'System.Collections.Generic.List[object]'
$Rows = @{}
$KindNotes = @{}
# What the filters of scopes compare; scopes are read before the kinds that depend on it.
$Compared = Find-FilterProperty @()
foreach ($kind in $Kinds.Keys) {
    $Rows[$kind] = $Empty
    if ($Kinds[$kind].Places -notcontains $Place -or ($kind -eq 'EffectiveAssignment' -and -not $EffectiveUsers)) {
        continue
    }
    $note = New-KindNote $kind
    $KindNotes[$kind] = $note
    $Notes.Add($note)
    if ($kind -eq 'RoleEntry') {
        $Rows[$kind] = Read-Entry $Rows['Role'] $KindNotes['Role'] $note
        Repair-EntryName $Rows[$kind]
    } elseif ($kind -eq 'EffectiveAssignment') {
        $Rows[$kind] = Read-Kind $kind @{ GetEffectiveUsers = $true } $note
    } elseif ($kind -eq 'RoleGroup') {
        $more = @{}
        if (Test-CommandParameter 'Get-RoleGroup' 'ShowPartnerLinked') {
            $more['ShowPartnerLinked'] = $true
        }
        $Rows[$kind] = Read-Kind $kind $more $note
    } elseif ($kind -eq 'RoleGroupMember') {
        $Rows[$kind] = Read-Member $Rows['RoleGroup'] $KindNotes['RoleGroup'] $note
    } elseif ($kind -eq 'Group') {
        $Rows[$kind] = Read-Kind $kind @{} $note
        if (-not $Compared.Contains('MemberOfGroup')) {
            $Rows[$kind] = Select-SecurityGroup $Rows[$kind]
        }
        if ($Place -ne 'on-premises') {
            Confirm-GroupMember $Rows[$kind] $Rows['RoleGroupMember'] $Rows['RoleAssignment'] $note
        }
    } else {
        if (@('Mailbox', 'User') -contains $kind) {
            Add-FilterProperty $kind $Compared
        } elseif ($kind -eq 'Server' -or $kind -eq 'Database') {
            Add-FilterProperty $kind (Find-FilterProperty $Rows['ManagementScope'] ($kind + 'Filter'))
        }
        $Rows[$kind] = Read-Kind $kind @{} $note
        if ($kind -eq 'ManagementScope') {
            $Compared = Find-FilterProperty $Rows[$kind]
        }
    }
}
if ($Rows['RoleEntry'].Count -gt 0) {
    Confirm-EmptyRole $Rows['Role'] $Rows['RoleEntry'] $KindNotes['Role'] $KindNotes['RoleEntry']
    Repair-EntryName $Rows['RoleEntry']
}
try {
    foreach ($kind in $Kinds.Keys) {
        if ($KindNotes.ContainsKey($kind)) {
            Write-Kind $kind $Rows[$kind] $KindNotes[$kind]
        }
    }
    $Manifest['finished'] = Format-Moment ([datetime]::UtcNow)
    Write-Manifest $Manifest
} catch {
    Write-Line ('the collection could not be written, and what was in {0} is unchanged: {1}' -f $Folder, $_.Exception.GetBaseException().Message)
    exit 2
}
try {
    Move-Collection $Manifest
} catch {
    Write-Line ('the new collection is not whole in {0}, and its manifest says so; run the script again: {1}' -f $Folder, $_.Exception.GetBaseException().Message)
    exit 2
}

$Incomplete = 0
foreach ($kind in $Kinds.Keys) {
    if (-not $KindNotes.ContainsKey($kind)) {
        continue
    }
    $note = $KindNotes[$kind]
    Write-Line ('{0,-30} {1,8} rows  {2}' -f $Kinds[$kind].File, $note['rows'], $note['result'])
    if ($note['result'] -ne 'complete') {
        $Incomplete++
        Write-Line ('    {0}' -f $note['message'])
        if (@('missing', 'denied') -contains $note['result'] -and $null -ne $note['role']) {
            Write-Line ('    the role "{0}" permits {1}; the role group "View-Only Organization Management" holds it' -f $note['role'], $note['cmdlet'])
        }
    }
}
foreach ($warning in $Manifest['warnings']) {
    Write-Line ('note: ' + $warning)
}
if ($Incomplete -gt 0) {
    Write-Line ('{0} of {1} exports are not complete; manifest.json says why' -f $Incomplete, $KindNotes.Count)
    exit 1
}
Write-Line ('complete: {0}' -f $Folder)
exit 0

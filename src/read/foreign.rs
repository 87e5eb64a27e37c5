//! Files that lie beside exports and are none: what they are, so that people are told what to do instead.
//!
//! Desired state says what somebody wants, not what is: nothing of it is ever read as an export.

use std::borrow::Cow;

use memchr::memmem;

use crate::record::{Field, Kind, Value};

/// What somebody wants to be, from Microsoft365DSC and its like.
pub(super) const DESIRED_STATE: &str = "desired state";

/// As much of a text as tells what it is.
const WINDOW_BYTES: usize = 64 * 1024;

fn window(text: &str) -> &str {
    let mut end = text.len().min(WINDOW_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn holds(text: &str, part: &str) -> bool {
    memmem::find(text.as_bytes(), part.as_bytes()).is_some()
}

/// Whether a text is a script of Microsoft365DSC, or what such a script is compiled to.
///
/// Source: `Export-M365DSCConfiguration`, and the `.mof` files that `Start-DscConfiguration` takes.
pub(super) fn is_desired_state(text: &str) -> bool {
    let text = window(text);
    let is_script = || holds(text, "Import-DscResource") || holds(text, "Import-DSCResource");
    let is_compiled = || holds(text, "instance of MSFT_EXO") || holds(text, "instance of MSFT_SC");
    is_script() || is_compiled() || text.contains("EXO") && has_resource(text)
}

/// Whether a block such as `EXORoleGroup "Help Desk" {` begins on a line of its own.
fn has_resource(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("EXO") else { continue };
        let name = rest.trim_start_matches(|char: char| char.is_ascii_alphanumeric());
        let opens = name.ends_with('{') || lines.peek().is_some_and(|next| next.starts_with('{'));
        if rest.len() > name.len() && name.trim_start().starts_with(['"', '\'', '$', '{']) && opens {
            return true;
        }
    }
    false
}

/// Whether the names of columns are those of desired state.
pub(super) fn are_of_desired_state<'n>(names: impl IntoIterator<Item = &'n str>) -> bool {
    names
        .into_iter()
        .any(|name| ["Ensure", "ResourceInstanceName"].iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// What an object of JSON is that no cmdlet of Exchange prints, by its members.
///
/// Source: Microsoft365DSC's JSON, and the resource types of Microsoft Graph (configurationDrift, configurationSnapshot,
/// unifiedRoleAssignment, unifiedRoleDefinition, directoryObject).
pub(super) fn of_members(fields: &[Field<'_>]) -> Option<&'static str> {
    let field = |name: &str| fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
    let has = |name: &str| field(name).is_some();
    let says = |name: &str, part: &str| {
        let text = field(name).and_then(|field| field.value.whole());
        text.is_some_and(|text| text.to_ascii_lowercase().contains(part))
    };
    let holds_resources = || match field("resources").map(|field| &field.value) {
        Some(Value::List(list)) => holds(list.raw, "microsoft.exchange."),
        _ => false,
    };
    let is_resource = || {
        let name = field("ResourceName").and_then(|field| field.value.whole());
        name.is_some_and(|name| name.starts_with("EXO") || name.starts_with("SC"))
    };
    if is_resource() || are_of_desired_state(fields.iter().map(|field| &*field.name)) {
        Some(DESIRED_STATE)
    } else if has("driftedProperties") {
        Some("drift report")
    } else if says("resourceType", "exchange") || holds_resources() {
        Some("configuration snapshot")
    } else if has("roleDefinitionId") && has("principalId") || has("rolePermissions") {
        Some("Graph role management")
    } else if says("@odata.type", "#microsoft.graph.") || has("DeletedDateTime") && has("AdditionalProperties") {
        Some("Entra listing")
    } else {
        None
    }
}

/// What a text is that is no export, where its first lines leave no doubt.
pub(super) fn form_of(text: &str) -> Option<Cow<'static, str>> {
    let text = window(text);
    let start = text.trim_start_matches(|char: char| char.is_whitespace() || char == '\u{FEFF}');
    let begins = |part: &str| start.get(..part.len()).is_some_and(|head| head.eq_ignore_ascii_case(part));
    // A page may hold what a console printed.
    if (begins("<!doctype html") || begins("<html") || begins("<table")) && !holds(text, "<pre") {
        return Some(Cow::Owned(format!("HTML {}", columns_of(text).join(", "))));
    }
    if start.starts_with('<') && holds(text, "<Object Type=") {
        return Some(Cow::Borrowed("ConvertTo-Xml"));
    }
    let heading = start.lines().find(|line| !line.starts_with("#TYPE")).unwrap_or_default();
    let columns = heading.split([',', ';', '\t']).map(|name| name.trim_matches(['"', ' ']));
    if let Some(cmdlet) = Kind::foreign_cmdlet(columns) {
        return Some(Cow::Borrowed(cmdlet));
    }
    if (begins("dn: ") || begins("dn:: ") || begins("version: 1")) && holds(text, "\nobjectClass:") {
        return Some(Cow::Borrowed("LDIF"));
    }
    is_yaml(start).then_some(Cow::Borrowed("YAML"))
}

/// The headings of the columns of an HTML table.
fn columns_of(text: &str) -> Vec<String> {
    const COLUMNS_MAX: usize = 12;
    let cells = text.split("<th").skip(1).filter(|cell| cell.starts_with(['>', ' ']));
    let inner = cells.filter_map(|cell| Some(cell.split_once('>')?.1.split('<').next()?.trim().to_owned()));
    inner.filter(|name| !name.is_empty()).take(COLUMNS_MAX).collect()
}

/// Whether a text begins as YAML does: `---`, or a key alone on its line with something indented below it.
fn is_yaml(text: &str) -> bool {
    let is_key = |line: &str| {
        let name = line.trim_end().strip_suffix(':').map(|name| name.trim_start().trim_start_matches("- "));
        name.is_some_and(|name| !name.is_empty() && !name.contains([' ', ':', '"']))
    };
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty());
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return false };
    let begins = match first.trim_end() {
        "---" => second.contains(": ") || is_key(second),
        _ if first.starts_with(' ') || !is_key(first) => false,
        _ => {
            let is_item = second.trim_start().starts_with("- ") || second.contains(": ") || is_key(second);
            is_item && second.starts_with([' ', '-'])
        }
    };
    // What a shell prints may begin so, too.
    let is_printed = |line: &str| {
        line.contains(" : ") || line.contains("---- ") || line.starts_with("PS ") || line.starts_with("[PS]")
    };
    begins && !text.lines().any(is_printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desired_state_is_recognised_in_every_form() {
        assert!(is_desired_state("Configuration X\n{\n    Import-DscResource -ModuleName Microsoft365DSC\n}\n"));
        assert!(is_desired_state("instance of MSFT_EXORoleGroup as $r\n{\n Name = \"Help Desk\";\n};\n"));
        assert!(is_desired_state(
            "        EXORoleGroup \"Help Desk\"\n        {\n            Ensure = \"Absent\";\n        }\n"
        ));
        assert!(!is_desired_state("Name : EXO Admins\nMembers : {anna}\n"));
    }

    #[test]
    fn what_is_no_export_is_called_by_its_name() {
        let form = |text: &str| form_of(text).map(Cow::into_owned);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(form("<html><table><tr><th>Rolle</th><th>Art</th></tr></table>"), some("HTML Rolle, Art"));
        assert_eq!(form("<?xml version=\"1.0\"?>\n<Objects>\n <Object Type=\"X\">"), some("ConvertTo-Xml"));
        assert_eq!(form("dn: CN=Help Desk,DC=contoso,DC=com\nobjectClass: group\n"), some("LDIF"));
        assert_eq!(form("groups:\n  - name: Help Desk\n"), some("YAML"));
        assert_eq!(form("---\nname: Help Desk\n"), some("YAML"));
        assert_eq!(form("Dear Anna:\nsee below\n"), None);
    }
}

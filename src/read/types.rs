//! The names of types: what `ToString` of a collection or of an object gives, where its values should stand.

/// Whether a text is the name of a type, and no value. A role may be called `System.Admins`.
///
/// PowerShell's writers call `ToString` on what they cannot show (`GetToStringValueForProperty`, `CsvCommands.cs`), and a
/// plain collection gives its type's name.
pub(super) fn is_type_name(text: &str) -> bool {
    let name = text.trim();
    let known = without_prefix(name);
    if !known.starts_with("System.") && !known.starts_with("Microsoft.") {
        return false;
    }
    // The name of a generic type holds those of its arguments, perhaps with their assemblies.
    if known.contains("`1[") || known.contains("`2[") {
        return known.ends_with(']');
    }
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+');
    let word = known.strip_suffix("[]").unwrap_or(known);
    word.bytes().all(is_letter)
        && (word.len() < known.len()
            || known.len() < name.len()
            || known.starts_with("System.Collections.")
            || known.starts_with("System.Management.Automation.PS")
            || known == "System.Object"
            || known.starts_with("Microsoft.Exchange.Data.") && known.ends_with("Collection"))
}

/// What was deserialized or selected says so in front of its type.
fn without_prefix(name: &str) -> &str {
    let mut known = name;
    while let Some(rest) = ["Deserialized.", "Selected."].iter().find_map(|prefix| known.strip_prefix(prefix)) {
        known = rest;
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_name_is_no_value() {
        for name in [
            "System.String[]",
            "System.Object[]",
            "System.Object",
            "System.Collections.ArrayList",
            "System.Collections.Generic.List`1[System.String]",
            "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]",
            "Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.Directory.ADObjectId]",
            "Deserialized.System.String[]",
            "Selected.System.Management.Automation.PSCustomObject",
        ] {
            assert!(is_type_name(name), "{name}");
        }
        for name in [
            "Microsoft.Exchange.Management.PowerShell.E2010",
            "System Mailbox",
            "System.Admins",
            "Microsoft.Admins",
            "System.Admins Tier 0",
            "[x]",
        ] {
            assert!(!is_type_name(name), "{name}");
        }
    }
}

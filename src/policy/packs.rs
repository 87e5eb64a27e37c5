//! The packs that ship with rolecall: published lists of cmdlets, dated and with their source.

use crate::name::same;

/// A policy file in the binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The name that selects it.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// All packs, by name.
pub static PACKS: &[Pack] = &[
    Pack { name: "intune-connector-on-premises", text: include_str!("../packs/intune-connector-on-premises.toml") },
    Pack { name: "intune-connector-online", text: include_str!("../packs/intune-connector-online.toml") },
];

/// The pack of a name, case aside; `pack:NAME` is the same.
#[must_use]
pub fn pack(name: &str) -> Option<&'static Pack> {
    let name = name.strip_prefix("pack:").unwrap_or(name);
    PACKS.iter().find(|pack| same(pack.name, name))
}

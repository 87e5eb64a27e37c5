//! The packs that ship with rolecall: published lists of cmdlets and roles, with their sources, and policies of ours.

use crate::name::same;

/// A policy file in the binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The name that selects it.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// A pack whose text is in `src/packs`.
macro_rules! pack {
    ($name:literal) => {
        Pack { name: $name, text: include_str!(concat!("../packs/", $name, ".toml")) }
    };
}

/// All packs, by name.
pub static PACKS: &[Pack] = &[
    pack!("blackberry-uem-online"),
    pack!("cis-microsoft-365"),
    pack!("configmgr-connector-2012"),
    pack!("configmgr-connector-2016-08"),
    pack!("configmgr-connector-2017-12"),
    pack!("configmgr-connector-2018-03"),
    pack!("exchange-baseline"),
    pack!("intune-connector-on-premises"),
    pack!("intune-connector-online"),
    pack!("intune-connector-online-2016-04"),
    pack!("kaspersky-activesync"),
    pack!("netwrix-directory-manager"),
    pack!("veeam-explorer-exchange"),
    pack!("workspace-one-uem"),
];

/// The pack of a name, case aside; `pack:NAME` is the same.
#[must_use]
pub fn pack(name: &str) -> Option<&'static Pack> {
    let name = name.strip_prefix("pack:").unwrap_or(name);
    PACKS.iter().find(|pack| same(pack.name, name))
}

/// The names of all packs.
#[must_use]
pub fn pack_names() -> Vec<&'static str> {
    PACKS.iter().map(|pack| pack.name).collect()
}

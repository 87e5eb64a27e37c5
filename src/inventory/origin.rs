//! What an object's names tell of the organization that it belongs to.
//!
//! Most exports carry names that end in a directory's root. In Exchange Online that root is Microsoft's, with the tenant
//! below it; on-premises it is the forest's own. Sources: the outputs of Get-RoleGroup that office-docs-powershell prints;
//! for Purview "Get started with information barriers" (learn.microsoft.com), which prints such an identity.

use crate::source::Span;

/// Where the objects of an export live.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Some forest of the customer's; a forest has several domains, so no name of one is kept.
    OnPremises,
    /// The configuration of one Exchange organization, by its name and the forest's root.
    Organization(String),
    /// A tenant of Exchange Online, by its initial domain.
    Tenant(String),
    /// The same tenant's Purview, whose role groups have the names of Exchange's and are others.
    Purview(String),
}

/// An origin that a file shows, at the first place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The origin.
    pub origin: Origin,
    /// The first object of it.
    pub at: Span,
}

impl Origin {
    /// Whether two objects of these origins cannot be of one organization.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::OnPremises, Self::Organization(_)) | (Self::Organization(_), Self::OnPremises) => false,
            (one, other) => one != other,
        }
    }

    /// The name that reports show.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::OnPremises => "Exchange on-premises".to_owned(),
            Self::Organization(name) => format!("the Exchange organization `{name}`"),
            Self::Tenant(name) => format!("`{name}` in Exchange Online"),
            Self::Purview(name) => format!("`{name}` in Purview"),
        }
    }

    /// The origin that a distinguished or canonical name shows; `None` for every other text.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        if is_distinguished(name) { of_distinguished(name) } else { of_canonical(name) }
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn is_distinguished(text: &str) -> bool {
    starts_with(text, "CN=") || starts_with(text, "OU=")
}

fn of_distinguished(name: &str) -> Option<Origin> {
    // Values escape their commas, so what follows `,DC=` for the first time is the root.
    let root = name.find(",DC=").or_else(|| name.find(",dc="))?;
    let (path, domain) = (values(&name[..root]), values(&name[root + 1..]).join("."));
    if let Some(cloud) = Cloud::of(&domain) {
        return Some(cloud.tenant(before(&path, HOSTED)?));
    }
    let services = path.contains(&"Services");
    let organization = before(&path, &["Microsoft Exchange"]).filter(|_| services);
    Some(organization.map_or(Origin::OnPremises, |name| Origin::Organization(format!("{name} ({domain})"))))
}

/// The values of the parts of a distinguished name.
fn values(text: &str) -> Vec<&str> {
    text.split(',').map(|part| part.split_once('=').map_or(part, |(_, value)| value)).collect()
}

/// The containers of tenants.
const HOSTED: &[&str] = &["Microsoft Exchange Hosted Organizations", "ConfigurationUnits"];

/// The part before the first of `marks`: a distinguished name climbs.
fn before(parts: &[&str], marks: &[&str]) -> Option<String> {
    let at = parts.iter().position(|part| marks.iter().any(|mark| mark.eq_ignore_ascii_case(part)))?;
    parts.get(at.checked_sub(1)?).map(|part| (*part).to_owned())
}

fn of_canonical(name: &str) -> Option<Origin> {
    let (domain, path) = name.split_once('/')?;
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !domain.contains('.') || !domain.split('.').all(label) || path.is_empty() {
        return None;
    }
    let Some(cloud) = Cloud::of(domain) else { return Some(Origin::OnPremises) };
    let mut parts = path.split('/');
    parts.find(|part| HOSTED.iter().any(|mark| mark.eq_ignore_ascii_case(part)))?;
    // An `OrganizationId` is two such names with a dash between them.
    parts.next().map(|tenant| cloud.tenant(tenant.split(" - ").next().unwrap_or(tenant).to_owned()))
}

/// A directory of Microsoft's, by its root.
#[derive(Clone, Copy)]
enum Cloud {
    Exchange,
    Purview,
}

impl Cloud {
    fn of(domain: &str) -> Option<Self> {
        let ends_with = |root: &str| {
            let start = domain.len().saturating_sub(root.len());
            domain.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(root))
        };
        match () {
            () if ends_with("PROD.OUTLOOK.COM") => Some(Self::Exchange),
            () if ends_with("FFO.extest.microsoft.com") => Some(Self::Purview),
            () => None,
        }
    }

    fn tenant(self, name: String) -> Origin {
        match self {
            Self::Exchange => Origin::Tenant(name),
            Self::Purview => Origin::Purview(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_where_their_objects_live() {
        let tenant = Some(Origin::Tenant("contoso.onmicrosoft.com".to_owned()));
        let of = Origin::of;
        assert_eq!(
            of(
                "CN=Help Desk,OU=contoso.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM"
            ),
            tenant
        );
        assert_eq!(
            of(
                "CN=A,CN=Role Assignments,CN=RBAC,CN=Configuration,CN=contoso.onmicrosoft.com,CN=ConfigurationUnits,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM"
            ),
            tenant
        );
        assert_eq!(
            of(
                "EURPR01A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/contoso.onmicrosoft.com/Help Desk"
            ),
            tenant
        );
        assert_eq!(
            of(
                "FFO.extest.microsoft.com/Microsoft Exchange Hosted Organizations/contoso.onmicrosoft.com - FFO.extest.microsoft.com/x"
            ),
            Some(Origin::Purview("contoso.onmicrosoft.com".to_owned()))
        );
        let organization = "CN=A,CN=Role Assignments,CN=RBAC,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com";
        assert_eq!(of(organization), Some(Origin::Organization("Contoso (contoso.com)".to_owned())));
        assert_eq!(of("CN=anna,OU=Users,DC=emea,DC=contoso,DC=com"), Some(Origin::OnPremises));
        assert_eq!(of("contoso.com/Microsoft Exchange Security Groups/Help Desk"), Some(Origin::OnPremises));
        for text in ["Help Desk", "anna@contoso.com", "Sales/Support", "", "CN=alone", r"CONTOSO\anna"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn domains_of_one_forest_do_not_exclude_each_other() {
        let organization = Origin::Organization("Contoso (contoso.com)".to_owned());
        assert!(!Origin::OnPremises.excludes(&organization) && !organization.excludes(&Origin::OnPremises));
        assert!(organization.excludes(&Origin::Organization("Fabrikam (fabrikam.com)".to_owned())));
        assert!(Origin::Tenant("a.onmicrosoft.com".to_owned()).excludes(&Origin::OnPremises));
    }
}

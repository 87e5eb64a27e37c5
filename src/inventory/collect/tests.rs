use super::*;

#[test]
fn a_distinguished_name_is_its_canonical_name() {
    let canonical = canonical_of_dn(r"CN=Smith\, John,OU=Users,DC=contoso,DC=com");
    assert_eq!(canonical.as_deref(), Some("contoso.com/Users/Smith, John"));
    assert_eq!(canonical_of_dn("contoso.com/Users/x"), None);
    let slash = canonical_of_dn("CN=A/B,OU=Users,DC=contoso,DC=com");
    assert_eq!(slash.as_deref(), Some(r"contoso.com/Users/A\/B"));
}

#[test]
fn cut_text_stands_for_what_begins_so_and_a_question_mark_for_any_letter() {
    assert!(stands_for("Mail Recipients", "Mail Rec", Form::Cut));
    assert!(!stands_for("Mail Recipients", "Mail Rec", Form::Whole));
    assert!(stands_for("Zürich", "Z?rich", Form::Lossy));
    assert!(!stands_for("Zürich", "Z?rich Desk", Form::Lossy));
}

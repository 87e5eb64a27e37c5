use super::{Context, looks_like, read};
use crate::read::session::testing::noticed;
use crate::read::testing::{Seen, repeats, see};

fn seen(text: &str) -> Seen {
    let seen = see(read, text, 0, &Context::default());
    assert_eq!((seen.balance.lost, seen.end), (0, text.trim_end_matches(['\r', '\n']).len() + ends(text)), "{text:?}");
    seen
}

/// The length of the line end behind the last line that is not blank.
fn ends(text: &str) -> usize {
    let behind = &text[text.trim_end_matches(['\r', '\n']).len()..];
    behind.find('\n').map_or(0, |at| at + 1)
}

fn records(text: &str) -> Vec<String> {
    seen(text).records
}

#[test]
fn objects_are_blocks_of_aligned_labels() {
    let text = "\r\n\r\nName              : Desk\r\nRoleGroupType     : Standard\r\nLinkedGroup       : \r\nCapabilities      : {}\r\n\r\n\
                Name              : A : B\r\nRoleGroupType     : None\r\nLinkedGroup       :\r\nCapabilities      : {x}\r\n\r\n\r\n";
    assert_eq!(
        records(text),
        [
            "RoleGroup Name='Desk'; RoleGroupType='Standard'; LinkedGroup=-; Capabilities=[]",
            "RoleGroup Name='A : B'; RoleGroupType='None'; LinkedGroup=-; Capabilities=['x']"
        ]
    );
}

#[test]
fn a_repeated_first_label_starts_an_object_where_blank_lines_were_lost() {
    let text = "Name     : a\nRoleType : x\nName     : b\nRoleType : y\n";
    assert_eq!(records(text), ["Role Name='a'; RoleType='x'", "Role Name='b'; RoleType='y'"]);
}

#[test]
fn a_copy_with_a_blank_line_behind_every_line_keeps_its_objects() {
    let text = "Name     : a\n\nRoleType : x\n\nParent   :\n\n\nName     : b\n\nRoleType : y\n\nParent   :\n";
    assert_eq!(records(text), ["Role Name='a'; RoleType='x'; Parent=-", "Role Name='b'; RoleType='y'; Parent=-"]);
}

#[test]
fn one_property_an_object_is_no_copy_with_blank_lines() {
    assert_eq!(records("\nRoleType : a\n\nRoleType : b\n\n"), ["Role RoleType='a'", "Role RoleType='b'"]);
}

#[test]
fn a_line_of_a_value_may_look_like_a_property() {
    let text = "RoleType    : x\nDescription : Line one\n              Line two: not a property\n              Parent : no\n\
                \x20             \n              three\nParent      : \n\n";
    assert_eq!(
        records(text),
        ["Role RoleType='x'; Description='Line one\nLine two: not a property\nParent : no\n\nthree'; Parent=-"]
    );
}

#[test]
fn an_empty_last_line_of_a_value_does_not_end_the_object() {
    let text = "RoleType    : x\nDescription : one\n              \nParent      : \n\nRoleType    : y\nDescription : two\n              \nParent      : z\n\n";
    assert_eq!(
        records(text),
        ["Role RoleType='x'; Description='one'; Parent=-", "Role RoleType='y'; Description='two'; Parent='z'"]
    );
}

#[test]
fn a_list_says_how_it_ends() {
    let roles = |value: &str| {
        let text = format!("RoleGroupType : Standard\nRoles         : {value}\n\n");
        let record = records(&text).remove(0);
        record[record.find("Roles=").expect("the property is there") + 6..].to_owned()
    };
    assert_eq!(roles("{}"), "[]");
    assert_eq!(roles("{Mail Recipients}"), "['Mail Recipients']");
    assert_eq!(roles("{Mail Recipients, User Options}"), "['Mail Recipients'|'User Options']");
    // The shell leaves out what is behind the fourth: where there are fewer, the mark may be that of the last name.
    assert_eq!(roles("{A, B, Mail Recipients, User Options...}"), "['A'|'B'|'Mail Recipients'|'User Options'|…]");
    assert_eq!(roles("{A, B, Mail Recipients, User Options…}"), "['A'|'B'|'Mail Recipients'|'User Options'|…]");
    assert_eq!(roles("{Mail Recipients, User Options...}"), "['Mail Recipients'|…'User Options']");
    assert_eq!(roles("{Mail Recipients, User Options…}"), "['Mail Recipients'|…'User Options']");
    assert_eq!(roles("{Mail Recipients, User Opt..."), "['Mail Recipients'|…'User Opt']");
    assert_eq!(roles("{Mail Recipients, User Opt"), "['Mail Recipients'|…'User Opt']");
    assert_eq!(roles("{{Braces}; and | pipes, User Options}"), "['{Braces}; and | pipes'|'User Options']");
    assert_eq!(roles(""), "-");
    assert_eq!(roles("System.String[]"), "flat");
    assert_eq!(roles("MyBaseOptions"), "['MyBaseOptions']");
}

#[test]
fn canonical_names_keep_their_commas() {
    let text = "RoleGroupType   : Standard\n\
                Members         : {contoso.com/Users/Smith, John, contoso.com/Users/Tier 2 Desk}\n\
                ManagedBy       : {Tier 2 Desk, Smith, John}\n\
                RoleAssignments : {MyBaseOptions-Zürich, restricted}\n\n";
    assert_eq!(
        records(text),
        [
            "RoleGroup RoleGroupType='Standard'; Members=['contoso.com/Users/Smith, John'|'contoso.com/Users/Tier 2 Desk']; \
          ManagedBy=unsplit'Tier 2 Desk, Smith, John'; RoleAssignments=unsplit'MyBaseOptions-Zürich, restricted'"
        ]
    );
}

#[test]
fn braces_are_a_list_only_where_the_property_holds_one() {
    let text = "Name            : a\nRecipientFilter : {City -eq 'x', y...}\nOthers          : {a, b}\nMore            : {a, b...}\n\n";
    assert_eq!(
        records(text),
        ["ManagementScope Name='a'; RecipientFilter='{City -eq 'x', y...}'; Others='{a, b}'; More='{a, b...}'~"]
    );
}

/// A role group at 40 columns.
const AT_WIDTH: &str = "RoleGroupType : Standard\n\
                        Roles         : {Mail Recipients, User O\n\
                        \x20               ptions, Role Management,\n\
                        \x20                日本語 ロール...}\n\
                        LinkedGroup   : \n\n";

#[test]
fn a_culture_that_cuts_at_the_width_breaks_words() {
    let text = AT_WIDTH;
    let wanted = "RoleGroup RoleGroupType='Standard'; Roles=['Mail Recipients'|'User Options'|'Role Management'|'日本語 ロール'|…]; LinkedGroup=-";
    assert_eq!(records(text), [wanted]);
    // The same where a copy lost the blanks at the ends of lines.
    assert_eq!(records(&text.replace(": \n", ":\n")), [wanted]);
}

#[test]
fn a_culture_that_breaks_at_blanks_keeps_words() {
    let kept = "Name        : Desk\n\
                Description : Quarantines the \n\
                \x20             devices of the \n\
                \x20             whole company and\n\
                \x20             More\n\
                Parent      : \n\
                RoleType    : x\n\n";
    let lost = kept.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(
        records(&lost),
        [
            "Role Name='Desk'; Description='Quarantines the devices of the whole company and More'; Parent=-; RoleType='x'"
        ]
    );
    // Where the blanks were kept, a line without one was ended by the value itself.
    assert!(
        records(kept)[0].contains("'Quarantines the devices of the whole company and\nMore'"),
        "{:?}",
        records(kept)
    );
}

#[test]
fn a_blank_stands_behind_the_operator_of_a_filter() {
    let text = "Name            : Zürich mailboxes\nRecipientFilter : ((City -eq 'Zürich') -and (RecipientTypeDetails -eq\n                  'UserMailbox'))\nExclusive       : False\n";
    assert!(records(text)[0].contains("(RecipientTypeDetails -eq 'UserMailbox'))"), "{:?}", records(text));
}

#[test]
fn a_copy_may_lose_the_indentation_below_a_wrapped_line() {
    let text = "Name              : Proxy of the first organization of Contoso\n\
                DistinguishedName : CN=Proxy,CN=Push Settings,CN=First\n\
                Organization,CN=Microsoft,DC=contoso,DC=com\n\
                RoleType          : x\n\n";
    assert_eq!(
        records(text),
        ["Role Name='Proxy of the first organization of Contoso'; \
          DistinguishedName='CN=Proxy,CN=Push Settings,CN=First Organization,CN=Microsoft,DC=contoso,DC=com'; RoleType='x'"]
    );
}

#[test]
fn the_list_ends_before_what_it_does_not_own() {
    for foreign in [
        "PS C:\\> Get-Role\n",
        "[PS] C:\\Windows>Get-Role | fl\n",
        "WARNING: More results : are available\n",
        "Get-RoleGroup Desk\n",
        "   Role: Mail Recipients\n",
        "Name Role\n---- ----\na    b\n",
    ] {
        for between in ["", "\n", "\n\n"] {
            if between.is_empty() && foreign.starts_with([' ', 'N']) {
                continue;
            }
            let text = format!("Name     : a\nRoleType : x\n{between}{foreign}");
            let seen = see(read, &text, 0, &Context::default());
            assert_eq!((seen.records, seen.end), (vec!["Role Name='a'; RoleType='x'".to_owned()], 26), "{text:?}");
        }
    }
}

#[test]
fn the_command_says_what_the_objects_are() {
    let context = Context { command: Some("Get-RoleGroupMember Desk | fl Name"), group: None };
    assert_eq!(
        see(read, "\nName : a\n\nName : b\n\n", 0, &context).records,
        ["RoleGroupMember Name='a'", "RoleGroupMember Name='b'"]
    );
}

#[test]
fn objects_of_other_kinds_are_kept_and_said_to_be_unknown() {
    let seen = seen("Uri     : https://x\nEnabled : True\n\n");
    assert_eq!(seen.records, ["Unknown Uri='https://x'; Enabled='True'"]);
    assert_eq!(
        seen.notices,
        ["unknown-object `Uri`, `Enabled`; one column short of role assignments: a column `RoleAssigneeName`"]
    );
}

#[test]
fn objects_of_two_kinds_may_follow_each_other() {
    let text =
        "Name     : a\nRoleType : x\n\nName             : b\nRoleAssigneeName : c\n\nName     : d\nRoleType : y\n\n";
    assert_eq!(
        records(text),
        ["Role Name='a'; RoleType='x'", "RoleAssignment Name='b'; RoleAssigneeName='c'", "Role Name='d'; RoleType='y'"]
    );
}

#[test]
fn the_end_of_the_file_cuts_an_object() {
    let text = "Name     : a\nRoleType : x\nParent   : \n\nName     : b\nRole";
    assert_eq!(records(text), ["Role Name='a'; RoleType='x'; Parent=-", "Role Name='b'; cut"]);
    assert_eq!(records("Name     : b\nRoleTy"), ["Unknown Name='b'; cut"]);
    assert_eq!(records("Name     : b\nRoleType : x"), ["Role Name='b'; RoleType='x'"]);
}

#[test]
fn a_cut_anywhere_costs_at_most_the_last_object() {
    let one = "Name        : a\r\nRoles       : {x, y, Zürich...}\r\nDescription : Line one\r\n              Two: no\r\nParent      : \r\n\r\n";
    let text = format!("\r\n{one}{}{}", one.replace(": a", ": b"), one.replace(": a", ": c"));
    let whole = records(&text);
    assert_eq!(whole.len(), 3);
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let cut = see(read, &text[..end], 0, &Context::default()).records;
        let count = cut.len().saturating_sub(1);
        assert_eq!(cut[..count], whole[..count], "cut at {end}");
    }
}

#[test]
fn a_list_is_known_by_its_first_lines() {
    for text in [
        "\n\nName : x\n",
        "Uri     : x\nEnabled : y\n",
        "Uri         : x\n              y\nEnabledThen : z\n",
        "Name :\n",
    ] {
        assert!(looks_like(text), "{text:?}");
    }
    for text in [
        "",
        "Note : prose\nand more of it\n",
        "Identity: x\n",
        "    + CategoryInfo          : NotSpecified: (:) [], X\n",
        "   Role: Mail Recipients\n",
        "PS C:\\> x : y\n",
        "Name  Role\n----  ----\n",
        "Type \n : x\n",
    ] {
        assert!(!looks_like(text), "{text:?}");
    }
}

#[test]
fn a_value_of_a_hundred_thousand_lines_is_read_in_one_go() {
    let line = "b".repeat(60);
    let text =
        format!("Name        : {line}\nDescription : {line}\n{}RoleType    : x\n", format!("{line}\n").repeat(100_000));
    let records = see(read, &text, 0, &Context::default()).records;
    assert_eq!(records.len(), 1);
    assert!(records[0].ends_with("; RoleType='x'"), "the object goes on behind the value");
}

#[test]
fn objects_that_repeat_others_are_read_as_the_others() {
    let object = |number: usize| {
        let (role, name) = (["A", "Help Desk", "B"][number % 3], ["Get-Id", "Set-Id"][number % 2]);
        let parameters =
            ["{Confirm, Identity}", "{Confirm,\n             Identity}", "{}", "{Confirm...}", "Confirm"][number % 5];
        let text = format!(
            "Role       : {role}\nName       : {name}\nParameters : {parameters}\nType       : Cmdlet\n\
             Identity   : {role}\\{name}\n\n"
        );
        (text, number % 10)
    };
    let objects: Vec<(String, usize)> = (0..400).map(object).collect();
    let text: String = objects.iter().map(|(text, _)| text.as_str()).collect();
    let alone: Vec<String> = objects.iter().flat_map(|(text, _)| records(text)).collect();
    assert_eq!(records(&text), alone);
    let notices = noticed(&text);
    assert!(
        notices.iter().any(|it| it.starts_with("cut-list") && it.ends_with(" x80")),
        "each is counted: {notices:?}"
    );
    let repeats = repeats(read, &text);
    for (number, (one, (_, sort))) in repeats.iter().zip(&objects).enumerate().skip(100) {
        assert_eq!(one.is_some(), number % 5 != 3, "{number}");
        let same =
            repeats.iter().zip(&objects).all(|(other, (_, its))| one.is_none() || (one == other) <= (sort == its));
        assert!(same, "one number is of one name and one list");
    }
}

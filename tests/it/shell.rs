//! `rolecall completions` and `rolecall man`: every command, and the names that a shell can offer.

use crate::program::rolecall;

/// The commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = rolecall(&["--help"]).stdout;
    let list =
        help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("the help lists them");
    list.lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn every_shell_is_offered_every_command_and_what_the_binary_knows() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = rolecall(&["completions", shell]);
        assert_eq!(ran.code, 0, "{ran:?}");
        for command in commands() {
            assert!(ran.stdout.contains(&command), "{shell}: {command}");
        }
        // fish is offered the values of options, PowerShell and elvish options alone.
        let values: &[&str] = match shell {
            "bash" | "zsh" => &["missing-cmdlet", "intune-connector-on-premises"],
            "fish" => &["intune-connector-on-premises"],
            _ => &[],
        };
        assert!(values.iter().all(|value| ran.stdout.contains(value)), "{shell}");
    }
    assert_eq!(rolecall(&["completions", "cmd"]).code, 2);
    // What is offered is not all that is taken.
    let ran = rolecall(&["explain", "missing-cmdlt"]);
    assert!(ran.code == 2 && ran.stderr.contains("did you mean `missing-cmdlet`?"), "{ran:?}");
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    let ran = rolecall(&["man"]);
    assert!(ran.code == 0 && ran.stdout.contains(".TH rolecall 1"), "{ran:?}");
    for command in commands().iter().filter(|command| *command != "help") {
        let ran = rolecall(&["man", command]);
        assert!(ran.code == 0 && ran.stdout.contains(&format!(".TH rolecall-{command} 1")), "{command}: {ran:?}");
    }
    let ran = rolecall(&["man", "chek"]);
    assert!(ran.code == 2 && ran.stderr.contains("did you mean `check`?"), "{ran:?}");
}

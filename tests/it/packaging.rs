//! How rolecall is handed out: one version everywhere, hooks that judge every change, pinned actions.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn what_installs_rolecall_installs_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("setup.py").contains(&format!("install_requires=[\"rolecall=={version}\"]")));
    assert!(read("action.yml").contains(&format!("    default: {version}\n")));
}

#[test]
fn every_hook_judges_every_change_once() {
    let hooks = read(".pre-commit-hooks.yaml");
    let hooks: Vec<&str> = hooks.split("\n- id: ").skip(1).collect();
    assert!(hooks.len() >= 3, "{hooks:?}");
    for hook in hooks {
        for line in ["\n  always_run: true", "\n  pass_filenames: false", "\n  require_serial: true"] {
            assert!(hook.contains(line), "{line} is missing: {hook}");
        }
        // What a file is by its name decides nothing: exports are recognised by content, and a removed one counts.
        assert!(!hook.contains("types") && !hook.contains("files:"), "{hook}");
    }
}

#[test]
fn every_action_is_pinned_and_says_its_version() {
    let mut count = 0;
    for path in
        [".github/workflows/ci.yml", ".github/workflows/nightly.yml", ".github/workflows/release.yml", "action.yml"]
    {
        let text = read(path);
        for used in text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")) {
            let pin = used.split_once('@').map(|(_, pin)| pin.split_once(" # v"));
            let is_pinned = matches!(pin, Some(Some((hash, _))) if hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
            assert!(is_pinned || used.starts_with("$/"), "{path}: {used}");
            count += 1;
        }
    }
    assert!(count > 8, "{count}");
}

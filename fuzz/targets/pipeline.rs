//! Exports and a policy in, a report out: valid JSON without raw control characters; neither the order of arguments, nor
//! threads, nor the names of files change what is found.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::{InMemory, check_json, judged, parts};

/// Where an input brings no policy of its own.
const POLICY: &[u8] = b"[lint]\npreset = \"all\"\n\
    [[require]]\nid = \"ours\"\naccount = \"*\"\ncmdlets = [\"Set-Mailbox:Alias\", \"Get-CASMailbox\"]\n\
    [[forbid]]\nid = \"none\"\ncmdlets = [\"New-TransportRule\"]\nbeyond = \"any\"\n\
    [[separate]]\nid = \"apart\"\nleft = [\"Set-Mailbox\"]\nright = [\"Search-Mailbox\"]\n";

const FILES_MAX: usize = 8;

fuzz_target!(|data: &[u8]| {
    let mut files = parts(data);
    let policy = match files[0].strip_prefix(b"# policy\n") {
        Some(own) => {
            files.remove(0);
            own
        }
        None => POLICY,
    };
    files.truncate(FILES_MAX);
    let named = |name: &dyn Fn(usize) -> usize| -> Vec<(String, &[u8])> {
        files.iter().enumerate().map(|(at, bytes)| (format!("exports/{:03}", name(at)), *bytes)).collect()
    };
    let place = InMemory(named(&|at| at));
    let paths: Vec<String> = place.0.iter().map(|(path, _)| path.clone()).collect();
    let first = judged(&place, paths.clone(), 1, policy, true);
    check_json(&first.json);
    let again = judged(&place, paths.iter().rev().cloned().collect(), 3, policy, true);
    assert!(first.json == again.json, "the order of arguments shows: {}\n{}", first.json, again.json);
    let renamed = InMemory(named(&|at| files.len() - at));
    let paths = renamed.0.iter().map(|(path, _)| path.clone()).collect();
    let other = judged(&renamed, paths, 1, policy, true);
    check_json(&other.json);
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|it| !those.contains(it)).cloned().collect()
    };
    assert!(
        first.findings == other.findings,
        "the names of files decide:\nthus {:#?}\nor thus {:#?}",
        only(&first.findings, &other.findings),
        only(&other.findings, &first.findings)
    );
});

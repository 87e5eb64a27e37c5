//! What the report rests on: the files, the policies, the rules that spoke, the roles, and how to read the answers.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::{Page, counted, message, text};
use crate::rules;

pub(super) fn about(page: &Page<'_, '_>) -> Markup {
    let finished = page.finished;
    let spoken: BTreeSet<&str> = page.findings.iter().map(|finding| finding.said.rule.name).collect();
    html! {
        h3 { "How to read the answers" }
        dl class="terms" {
            div { dt { span class="answer granted" { span aria-hidden="true" { "●" } " granted" } } dd { "The exports prove it: a role entry, an assignment that is enabled, and a chain to the account." } }
            div { dt { span class="answer missing" { span aria-hidden="true" { "○" } " missing" } } dd { "Nothing that was exported gives it, and nothing that was not exported could." } }
            div { dt { span class="answer unknown" { span aria-hidden="true" { "?" } " unknown" } } dd { "It depends on something that no export shows; the finding says what, and which export would settle it." } }
        }
        h3 { "What it rests on" }
        p { "rolecall " (env!("CARGO_PKG_VERSION")) ". The same files and the same policy give the same report, byte for byte." }
        @if !finished.ending.policies.is_empty() {
            p { "Policy: " @for policy in &finished.ending.policies { span class="path" { (text(policy)) } " " } }
        }
        (inputs(page))
        @if !spoken.is_empty() { h3 { "Rules that spoke" } }
        @for rule in spoken.iter().filter_map(|name| rules::rule(name)) {
            details class="page" id=(format!("rule-{}", rule.id.name)) {
                summary { span class="name" { (rule.id.name) } span class="facts" { (rule.summary) } }
                (markdown(rule.body()))
            }
        }
        @for (organization, portraits) in &finished.dossier.portraits {
            @if !portraits.roles.is_empty() {
                h3 { "Roles" @if let Some(name) = organization { " of " (text(name)) } }
                @for (role, cmdlets) in &portraits.roles {
                    details class="page" {
                        summary { span class="name" { (text(role)) } span class="facts" { (counted(cmdlets.len(), "cmdlet")) } }
                        p class="cmdlets" { @for cmdlet in cmdlets { code { (text(cmdlet)) } " " } }
                    }
                }
            }
        }
    }
}

fn inputs(page: &Page<'_, '_>) -> Markup {
    let inputs = &page.finished.dossier.inputs;
    html! {
        @if !inputs.is_empty() {
            div class="scroll" tabindex="0" role="group" aria-label="Files" {
                table class="plain" {
                    thead { tr { th scope="col" { "File" } th scope="col" { "SHA-256" } } }
                    tbody { @for (path, digest) in inputs { tr { th scope="row" { span class="path" { (text(path)) } } td { code class="digest" { (digest) } } } } }
                }
            }
        }
    }
}

/// A page of ours: headings, paragraphs, lists, and what stands between fences.
fn markdown(page: &str) -> Markup {
    let mut blocks: Vec<String> = Vec::new();
    let mut fenced = false;
    let mut fresh = true;
    for line in page.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            fresh = true;
            if fenced {
                blocks.push("```".to_owned());
                fresh = false;
            }
        } else if line.is_empty() && !fenced {
            fresh = true;
        } else if fresh {
            blocks.push(line.to_owned());
            fresh = false;
        } else if let Some(block) = blocks.last_mut() {
            block.push('\n');
            block.push_str(line);
        }
    }
    html! { @for block in &blocks { (self::block(block)) } }
}

fn block(block: &str) -> Markup {
    if let Some(code) = block.strip_prefix("```\n") {
        return html! { pre tabindex="0" { (code) } };
    }
    if let Some(title) = block.strip_prefix("## ") {
        return html! { h4 { (title) } };
    }
    if block.starts_with("- ") {
        let items = block.split("\n- ").map(|item| item.trim_start_matches("- ").replace('\n', " "));
        return html! { ul { @for item in items { li { (message(&item)) } } } };
    }
    html! { p { (message(&block.replace('\n', " "))) } }
}

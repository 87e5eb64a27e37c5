//! `group-cycle`: groups that contain each other.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::diagnostic::Label;
use crate::inventory::{Class, PrincipalId};
use crate::name::fold;
use crate::remedy::Fix;
use crate::source::Span;

use crate::rules::{Context, Rule, remedy};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("group-cycle"),
    level: Severity::Warning,
    preset: Preset::Default,
    summary: "groups contain each other",
    page: include_str!("group-cycle.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let groups = groups_in_groups(context);
    let mut said: BTreeSet<PrincipalId> = BTreeSet::new();
    for &group in groups.keys() {
        if said.contains(&group) {
            continue;
        }
        let Some(mut cycle) = shortest_cycle(&groups, group) else { continue };
        said.extend(cycle.iter().map(|(group, _)| *group));
        // The same cycle begins with the same group, whatever the order of the exports.
        let name = |id: &PrincipalId| fold(inventory.show_principal(*id));
        let first = (0..cycle.len()).min_by_key(|index| name(&cycle[*index].0)).unwrap_or(0);
        cycle.rotate_left(first);
        let shown = |index: usize| inventory.show_principal(cycle[index % cycle.len()].0);
        let labels = cycle.iter().enumerate().map(|(index, (_, at))| {
            Label::new(*at, format!("`{}` is a member of `{}`", shown(index + 1), shown(index)))
        });
        let labels: Vec<Label> = labels.collect();
        let message = if cycle.len() == 1 {
            format!("group `{}` contains itself", shown(0))
        } else {
            let names = crate::rules::evidence::listed((0..cycle.len()).map(shown));
            format!("these groups contain each other: {names}")
        };
        let mut finding = RULE.found(message, labels[0].span, labels[0].text.clone());
        finding.labels.extend(labels.into_iter().skip(1));
        finding.subject.group = Some(shown(0).to_owned());
        // Which membership was a mistake exports do not tell; each of them ends the cycle.
        finding.fixes = (0..cycle.len())
            .map(|index| {
                let (group, member) = (cycle[index].0, shown(index + 1));
                let note = format!("takes `{member}` out of `{}`", shown(index));
                Fix::of(remedy::remove_member(context.graph(), group, member), note)
            })
            .collect();
        report.say(finding);
    }
}

/// The groups in each group, with the places that say so.
fn groups_in_groups(context: &Context<'_, '_>) -> BTreeMap<PrincipalId, Vec<(PrincipalId, Span)>> {
    let principals = &context.inventory().principals;
    let is_group =
        |id: PrincipalId| matches!(principals.get(id).class, Some(Class::SecurityGroup | Class::DistributionGroup));
    let mut groups = BTreeMap::new();
    for group in principals.ids().filter(|id| is_group(*id)) {
        let sure = principals.get(group).members.sure.iter();
        let nested: Vec<(PrincipalId, Span)> = sure.filter(|(member, _)| is_group(*member)).copied().collect();
        if !nested.is_empty() {
            groups.insert(group, nested);
        }
    }
    // What holds no group, or is in none, is in no cycle; without it little is left to search.
    let pairs: Vec<(PrincipalId, PrincipalId)> =
        groups.iter().flat_map(|(group, nested)| nested.iter().map(|(member, _)| (*group, *member))).collect();
    let turned: Vec<(PrincipalId, PrincipalId)> = pairs.iter().map(|(group, member)| (*member, *group)).collect();
    let (below, above) = (below_a_cycle(&pairs), below_a_cycle(&turned));
    let is_left = |id: &PrincipalId| below.contains(id) && above.contains(id);
    groups.values_mut().for_each(|nested: &mut Vec<(PrincipalId, Span)>| nested.retain(|(id, _)| is_left(id)));
    groups.retain(|group, nested| is_left(group) && !nested.is_empty());
    groups
}

/// What is left where that which nothing leads to is taken away, again and again.
fn below_a_cycle(pairs: &[(PrincipalId, PrincipalId)]) -> BTreeSet<PrincipalId> {
    let mut to: BTreeMap<PrincipalId, Vec<PrincipalId>> = BTreeMap::new();
    let mut count: BTreeMap<PrincipalId, usize> = BTreeMap::new();
    for &(from, target) in pairs {
        to.entry(from).or_default().push(target);
        count.entry(from).or_default();
        *count.entry(target).or_default() += 1;
    }
    let mut bare: Vec<PrincipalId> = count.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    while let Some(id) = bare.pop() {
        count.remove(&id);
        for target in to.remove(&id).unwrap_or_default() {
            let left = count.entry(target).or_default();
            *left -= 1;
            if *left == 0 {
                bare.push(target);
            }
        }
    }
    count.into_keys().collect()
}

/// The shortest way from a group back to itself: each group with the place that puts the next one into it.
fn shortest_cycle(
    groups: &BTreeMap<PrincipalId, Vec<(PrincipalId, Span)>>,
    start: PrincipalId,
) -> Option<Vec<(PrincipalId, Span)>> {
    let mut came_from: BTreeMap<PrincipalId, (PrincipalId, Span)> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(group) = queue.pop_front() {
        for &(member, at) in groups.get(&group).map_or(&[][..], Vec::as_slice) {
            if member == start {
                let mut cycle = vec![(group, at)];
                let mut from = group;
                while from != start {
                    let (before, at) = came_from[&from];
                    cycle.push((before, at));
                    from = before;
                }
                cycle.reverse();
                return Some(cycle);
            }
            if member != start && !came_from.contains_key(&member) {
                came_from.insert(member, (group, at));
                queue.push_back(member);
            }
        }
    }
    None
}

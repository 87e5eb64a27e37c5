//! One integration binary.

mod answers;
mod brute;
mod cli;
mod collect;
mod coverage;
mod damage;
mod docs;
mod doctor;
mod formats;
mod hostile;
mod judging;
mod main_job;
mod naive;
mod nearest;
mod organizations;
mod policy;
mod policy_schema;
mod powershell;
mod program;
mod properties;
mod repeats;
mod rules;
mod schemas;
mod shape;
mod team_day;
mod untouched;

//! The one place that reads the clock: which day it is, where a policy holds something that expires.

use crate::rules::accepting::waive::Date;

/// Today's date in UTC, so that a run says the same wherever it takes place.
pub(super) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

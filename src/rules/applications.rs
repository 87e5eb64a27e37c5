//! Rules on applications and their roles.

pub(super) mod administrative_application;
pub(super) mod full_access_application;
pub(super) mod unscoped_application;

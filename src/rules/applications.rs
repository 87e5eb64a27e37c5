//! Rules on applications and their roles.

rules! {
    administrative_application,
    full_access_application,
    unscoped_application,
}

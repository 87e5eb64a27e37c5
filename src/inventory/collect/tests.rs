use super::*;

#[test]
fn cut_text_stands_for_what_begins_so_and_a_question_mark_for_any_letter() {
    assert!(stands_for("Mail Recipients", "Mail Rec", Form::Cut));
    assert!(!stands_for("Mail Recipients", "Mail Rec", Form::Whole));
    assert!(stands_for("Zürich", "Z?rich", Form::Lossy));
    assert!(!stands_for("Zürich", "Z?rich Desk", Form::Lossy));
}
